"""Reading package sources: by name from this folder, or from a file of the same form."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path

from zeus_installer.answers.lines import Path as KeyPath
from zeus_installer.answers.lines import dotted, key_lines, line_of
from zeus_installer.answers.model import Repo
from zeus_installer.sources.model import KernelProvider, Source
from zeus_installer.system.errors import UsageError, sentence_list

_KEYS = ("title", "distribution_excludes", "support", "systems", "groups", "kernels", "repos")
_KERNEL_KEYS = ("provider", "packages")
_REPO_KEYS = ("id", "baseurl", "gpgkey", "priority")
_PROVIDERS = ("distribution", "source")


def names() -> tuple[str, ...]:
    """Give the names of the sources that come with Zeus."""
    folder = resources.files("zeus_installer.sources")
    return tuple(sorted(Path(file.name).stem for file in folder.iterdir() if file.name.endswith(".toml")))


def load(name_or_path: str) -> Source:
    """Give the source of that name, or the one in that file (a path has a `/` or ends in `.toml`).

    A name that is not known, a file that cannot be read and one that is not a source are `UsageError`s.
    """
    if "/" in name_or_path or name_or_path.endswith(".toml"):
        path = Path(name_or_path)
        return parse(_read(path), name=path.stem, file=name_or_path)
    if name_or_path not in names():
        raise UsageError(
            "packages.source",
            f"there is no package source {name_or_path!r}{_meant(name_or_path, names())}",
            hint=f"known sources: {sentence_list(names())}; a file is named by its path",
        )
    file = resources.files("zeus_installer.sources") / f"{name_or_path}.toml"
    return parse(file.read_text(), name=name_or_path, file=file.name)


def parse(text: str, *, name: str, file: str) -> Source:
    """Read a source from TOML. Errors are `UsageError`s that begin with `FILE:LINE:`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError("packages.source", f"{file}: error: {error}") from None
    return _Reader(file, key_lines(text)).source(name, data)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError("packages.source", f"package source {path}: {reason}") from None


def _meant(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


class _Reader:
    """Turns the tables of one file into a `Source`; every value's type is checked, every key is a known one."""

    def __init__(self, file: str, lines: Mapping[KeyPath, int]) -> None:
        self._file = file
        self._lines = lines

    def source(self, name: str, data: dict[str, object]) -> Source:
        self._only_known((), data, _KEYS)
        return Source(
            name=name,
            title=self._text(("title",), data.get("title", "")),
            systems=self._words_by_name(("systems",), data.get("systems", {})),
            support=self._words(("support",), data.get("support", [])),
            groups=self._words_by_name(("groups",), data.get("groups", {})),
            kernels={
                system: self._kernel(("kernels", system), value)
                for system, value in self._table(("kernels",), data.get("kernels", {})).items()
            },
            repos=tuple(
                self._repo(("repos", index), value)
                for index, value in enumerate(self._list(("repos",), data.get("repos", [])))
            ),
            distribution_excludes=self._words(("distribution_excludes",), data.get("distribution_excludes", [])),
        )

    def _kernel(self, path: KeyPath, value: object) -> KernelProvider:
        table = self._table(path, value)
        self._only_known(path, table, _KERNEL_KEYS)
        provider = table.get("provider")
        packages = self._words((*path, "packages"), table.get("packages", []))
        if provider == "distribution":
            return KernelProvider(provider="distribution", packages=packages)
        if provider == "source":
            return KernelProvider(provider="source", packages=packages)
        raise self._error((*path, "provider"), f"must be one of {sentence_list(_PROVIDERS)}")

    def _repo(self, path: KeyPath, value: object) -> Repo:
        table = self._table(path, value)
        self._only_known(path, table, _REPO_KEYS)
        key, priority = table.get("gpgkey"), table.get("priority", 10)
        if not isinstance(priority, int) or isinstance(priority, bool):
            raise self._error((*path, "priority"), "must be a whole number")
        return Repo(
            id=self._text((*path, "id"), table.get("id")),
            baseurl=self._text((*path, "baseurl"), table.get("baseurl")),
            gpgkey=None if key is None else self._text((*path, "gpgkey"), key),
            priority=priority,
        )

    def _words_by_name(self, path: KeyPath, value: object) -> dict[str, tuple[str, ...]]:
        return {name: self._words((*path, name), words) for name, words in self._table(path, value).items()}

    def _words(self, path: KeyPath, value: object) -> tuple[str, ...]:
        return tuple(self._text((*path, index), word) for index, word in enumerate(self._list(path, value)))

    def _table(self, path: KeyPath, value: object) -> dict[str, object]:
        if not isinstance(value, dict):
            raise self._error(path, "must be a table")
        return value

    def _list(self, path: KeyPath, value: object) -> list[object]:
        if not isinstance(value, list):
            raise self._error(path, "must be a list")
        return value

    def _text(self, path: KeyPath, value: object) -> str:
        if not isinstance(value, str):
            raise self._error(path, "must be a string")
        return value

    def _only_known(self, path: KeyPath, table: Mapping[str, object], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                raise self._error((*path, key), f"is not a key of a package source{_meant(key, known)}")

    def _error(self, path: KeyPath, message: str) -> UsageError:
        place = f"{self._file}:{line_of(path, self._lines)}"
        return UsageError("packages.source", f"{place}: error: {dotted(path)} {message}")

"""The inventory: which machines there are. TOML, or CSV with a row for each; what all have in common is a site."""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from zeus_installer.answers import lines
from zeus_installer.answers.problems import as_error, error_line
from zeus_installer.answers.reader import Given, NotTomlError, read_given, read_text
from zeus_installer.iso.given import kernel_words
from zeus_installer.pxe.hosts import OWN_KEYS, Host, Table, make_host, merged
from zeus_installer.system.errors import UsageError

_SITE_KEYS: Final = {"url": str, "answers": str, "append": str, "fingerprint": str}
_KEY: Final = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all machines have in common. `url` is where the tree will be found; `append` are kernel words."""

    url: str | None = None
    answers: Table = field(default_factory=dict)
    append: str = ""
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """A site and its machines. `hosts` makes them one by one, and can be called again.

    `given` is the text of a file that is read as a whole, TOML; CSV is read row by row.
    """

    path: Path
    site: Site
    given: Given | None = None

    def hosts(self) -> Iterator[Host]:
        """Give the machines in their order."""
        if self.given is None:
            yield from _csv_hosts(self.path)
        else:
            yield from _toml_hosts(self.given)


def read_inventory(path: Path) -> Inventory:
    """Read the site of an inventory. A file that is no inventory is a `UsageError`."""
    if path.suffix.lower() == ".csv":
        _csv_header(path)
        return Inventory(path=path, site=Site())
    given = _toml(path)
    data: Mapping[str, Any] = given.data
    problems = list(_site_problems(data))
    if problems:
        raise as_error(error_line(str(path), lines.line_of(place, given.places), text) for place, text in problems)
    site = data.get("site", {})
    common: Table = {}
    if "answers" in site:
        common = common_answers(path.parent / site["answers"])
    return Inventory(
        path=path,
        site=Site(
            url=site.get("url"),
            answers=merged(common, data.get("answers", {})),
            append=site.get("append", ""),
            fingerprint=site.get("fingerprint"),
        ),
        given=given,
    )


def common_answers(path: Path) -> Table:
    """Read the answers that all machines have in common: a part of them is enough."""
    return dict(_toml(path).data)


def _toml(path: Path) -> Given:
    try:
        return read_given(read_text(path))
    except NotTomlError as error:
        fault = error.fault
        raise as_error([error_line(str(path), fault.line, fault.message, fault.hint)]) from error


def _site_problems(data: Mapping[str, Any]) -> Iterator[tuple[lines.Path, str]]:
    for key, value in data.items():
        kind: type = list if key == "hosts" else dict
        if key not in ("site", "answers", "hosts"):
            yield (key,), f"{key} is not known; an inventory has site, answers and hosts"
        elif not isinstance(value, kind):
            yield (key,), f"{key} is no {'list of tables' if key == 'hosts' else 'table'}"
    if not data.get("hosts"):
        yield (), "there are no hosts: write [[hosts]]"
    yield from _settings_problems(data.get("site"))
    hosts = data.get("hosts")
    for number, host in enumerate(hosts if isinstance(hosts, list) else ()):
        if not isinstance(host, dict):
            yield ("hosts", number), f"hosts[{number}] is no table"


def _settings_problems(site: object) -> Iterator[tuple[lines.Path, str]]:
    for key, value in (site if isinstance(site, dict) else {}).items():
        if key not in _SITE_KEYS:
            yield ("site", key), f"site.{key} is not known; a site has {', '.join(_SITE_KEYS)}"
        elif not isinstance(value, str):
            yield ("site", key), f"site.{key} wants a text"
        elif key == "append":
            yield from ((("site", key), text) for text in _word_problems(value))


def _word_problems(append: str) -> Iterator[str]:
    try:
        kernel_words([append])
    except UsageError as error:
        yield f"site.append{error.message.removeprefix('--append')}"


def _toml_hosts(given: Given) -> Iterator[Host]:
    data: Mapping[str, Any] = given.data
    for number, host in enumerate(data["hosts"]):
        yield make_host(lines.line_of(("hosts", number), given.places), host)


@contextmanager
def _opened(path: Path) -> Iterator["csv.DictReader[str]"]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file, strict=True, skipinitialspace=True)
    except OSError as error:
        raise UsageError("pxe.inventory", f"{path}: {(error.strerror or str(error)).lower()}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError("pxe.inventory", f"{path} is no CSV in UTF-8: {error}") from error


def _csv_header(path: Path) -> None:
    with _opened(path) as rows:
        names = list(rows.fieldnames or ())
    if len(names) == 1 and re.search(r"[;\t]", names[0]):
        raise as_error([error_line(str(path), 1, "something else than a comma stands between the columns")])
    problems = [f"column {name!r} is there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    for name in names:
        if name not in OWN_KEYS and ("." not in name or not _KEY.fullmatch(name)):
            hint = f"{', '.join(OWN_KEYS[:-1])}, or a key of the answers such as storage.sr_type"
            problems.append(f"column {name!r} is not known: {hint}")
    if "mac" not in names and "serial" not in names:
        problems.append("the first line names no column mac or serial")
    if problems:
        raise as_error(error_line(str(path), 1, problem) for problem in problems)


def _csv_hosts(path: Path) -> Iterator[Host]:
    with _opened(path) as rows:
        for row in rows:
            # Cells beyond the header's come as a list without a name, missing ones as None.
            if None in row or None in row.values():
                yield Host(line=rows.line_num, problems=("the row has more or fewer cells than the first line",))
                continue
            given = {key: cell.strip() for key, cell in row.items() if cell.strip()}
            if given:
                yield make_host(rows.line_num, _with_answers(given))


def _with_answers(given: Mapping[str, str]) -> Table:
    own: Table = {key: cell for key, cell in given.items() if key in OWN_KEYS}
    answers: Table = {}
    for key, cell in given.items():
        if key not in OWN_KEYS:
            value: Any = _value(cell)
            for part in reversed(key.split(".")):
                value = {part: value}
            answers = merged(answers, value)
    return {**own, "answers": answers} if answers else own


def _value(cell: str) -> object:
    """Give what a cell means: a value of TOML (`3`, `true`, `["a"]`), else the text itself."""
    try:
        return tomllib.loads(f"value = {cell}")["value"]
    except ValueError:
        return cell

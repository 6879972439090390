"""Whether everything is there that the toolstack's daemons exit without. The table is `essentials.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target

# systemd's own path for services; daemons look there first (systemd.exec(5)).
_PATH: Final = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin")
# The grammar of xen-api's ocaml/xapi-idl/lib/xcp_service.ml: comments anywhere, quotes around the whole value.
_SETTING = re.compile(r"([^=\s]+)\s*=\s*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a daemon will not find: its name in the daemon's configuration, its place, the package that brings it."""

    daemon: str
    name: str
    place: str
    package: str


def check_essentials(target: Target) -> None:
    """Raise a `ZeusError` that names everything that is missing, and what would bring it."""
    missing = find_missing(target)
    if not missing:
        return
    lines = "".join(f"\n  {one.daemon}: {one.place} ({one.name}), from package {one.package}" for one in missing)
    packages = " ".join(sorted({one.package for one in missing}))
    raise ZeusError(
        "identity.essentials",
        f"XenAPI would not start: {len(missing)} of the things that it cannot do without are missing{lines}",
        hint=f"install {packages}; another place can be named in the daemon's configuration file",
    )


def find_missing(target: Target) -> list[Missing]:
    """Look for every essential program, file and directory of the target."""
    return [missing for daemon, table in _table().items() for missing in _missing_of(target, daemon, table)]


def _missing_of(target: Target, daemon: str, table: Mapping[str, object]) -> Iterator[Missing]:
    settings = dict(_settings(target, str(table["config"])))
    search = [*_PATH, *filter(None, settings.get("search-path", "").split(":")), *_strings(table["search"])]
    for kind in ("programs", "files", "directories"):
        for name, (default, package) in _entries(table, kind):
            place = settings.get(name, default)
            places = [place] if place.startswith("/") else [f"{directory}/{place}" for directory in search]
            if not any(_is_there(target, one, kind) for one in places):
                yield Missing(daemon=daemon, name=name, place=place, package=package)


def _is_there(target: Target, place: str, kind: str) -> bool:
    path = target.path(place)
    if path.is_symlink():
        # An absolute link would lead out of a target that is not the running system.
        return not target.is_running_system or path.exists()
    executable = kind != "programs" or (path.is_file() and path.stat().st_mode & 0o111 != 0)
    return path.exists() and executable


def _settings(target: Target, config: str) -> Iterator[tuple[str, str]]:
    """Read a daemon's configuration: the file, then the files of its directory by name; later ones win."""
    directory = target.path(f"{config}.d")
    fragments = sorted(directory.iterdir()) if directory.is_dir() else []
    files = [target.path(config), *fragments]
    for file in filter(lambda file: file.is_file(), files):
        for line in file.read_text(errors="replace").splitlines():
            found = _SETTING.fullmatch(line.partition("#")[0].strip())
            if found is not None:
                yield found[1], _unquoted(found[2])


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _table() -> Mapping[str, Mapping[str, object]]:
    text = resources.files("zeus_installer.host").joinpath("essentials.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _entries(table: Mapping[str, object], kind: str) -> Iterator[tuple[str, tuple[str, str]]]:
    entries = table.get(kind)
    if isinstance(entries, dict):
        yield from ((name, (place, package)) for name, (place, package) in entries.items())


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []

"""An offline set: repositories in a directory, each with its own metadata and those packages that are installed.

`DIRECTORY/ID/` is a repository as it was found (`repodata/` is the original), `DIRECTORY/keys/` has the public keys,
and `DIRECTORY/set.json` says what all of it is. The metadata lists all that a repository ever had; what the set has of
it stands in `set.json` alone, and package managers are told (`Repository.only`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from zeus_installer.packages.port import Item, Repository, Request
from zeus_installer.packages.selection import PREFIX
from zeus_installer.system.codec import decode
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.secrets import redact

MARKER: Final = "set.json"
KEYS: Final = "keys"
_MAKE_ANOTHER: Final = "make the medium again with zeus iso build --offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePackage:
    """A package: its file's place in the directory, its size in bytes, its SHA-256."""

    nevra: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineRepository:
    """A repository, called by its directory. `keys` are files in the set, by the address that each came from.

    `vendor`: it is one of the answers, and not one of the distribution's. Addresses are without user and password.
    """

    id: str
    baseurl: str
    priority: int
    vendor: bool
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineSet:
    """What `set.json` has."""

    version: int = 1
    arch: str
    releasever: str
    repositories: tuple[OfflineRepository, ...]
    packages: tuple[OfflinePackage, ...]

    @property
    def size(self) -> int:
        """How many bytes the packages have."""
        return sum(package.size for package in self.packages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """A set, and the request that takes everything from it."""

    directory: Path
    set: OfflineSet
    request: Request
    keys: Mapping[str, Path]

    def check(self, items: Iterable[Item], report: Reporter) -> None:
        """Hold the packages against their checksums; one that is missing or damaged is a `ZeusError`."""
        packages = {package.nevra: package for package in self.set.packages}
        items = tuple(items)
        if lost := [item.nevra for item in items if item.nevra not in packages]:
            raise _problem(f"{self.directory} lacks {lost[0]}", "it was made for other answers")
        wanted = [packages[item.nevra] for item in items]
        total, done = sum(package.size for package in wanted), 0
        for package in wanted:
            self._check(package)
            done += package.size
            report.progress(package.nevra, done=done, total=total, unit="bytes")

    def check_all(self) -> None:
        """Hold all of them."""
        for package in self.set.packages:
            self._check(package)

    def _check(self, package: OfflinePackage) -> None:
        path = self.directory / package.path
        try:
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise _problem(f"{path}: {(error.strerror or str(error)).lower()}", "the medium is damaged") from error
        if digest != package.sha256:
            raise _problem(f"{path} is damaged: its SHA-256 is {digest}, not {package.sha256}", "")


def read_set(directory: Path) -> OfflineSet:
    """Read what a set is. A directory that is none is a `ZeusError`."""
    path = directory / MARKER
    try:
        found = decode(OfflineSet, json.loads(path.read_text()))
    except OSError as error:
        what = f"{path}: {(error.strerror or str(error)).lower()}"
        raise ZeusError(
            "packages.offline",
            f"packages.offline: {directory} is no offline set: {what}",
            hint=f"mount the medium that has it there, or {_MAKE_ANOTHER}",
        ) from error
    except (UsageError, ValueError) as error:
        raise _problem(f"{path} is not of this version of zeus: {error}", "") from error
    return found


def taken_offline(request: Request, arch: str) -> Offline | None:
    """Give the request that takes everything from the set that it names; None when it names none."""
    if request.offline is None:
        return None
    directory = Path(request.offline)
    found = read_set(directory)
    wanted, has = f"{arch}, release {request.releasever}", f"{found.arch}, release {found.releasever}"
    if request.releasever is not None and wanted != has:
        raise _problem(f"{directory} is for {has}, and this system is {wanted}", "")
    ours = {repo.id: repo for repo in found.repositories if repo.vendor}
    keys: dict[str, Path] = {}
    for repo in request.repos:
        own = ours.get(repo.id.removeprefix(PREFIX))
        if own is None:
            raise _problem(f"{directory} has no repository {repo.id.removeprefix(PREFIX)}", "the answers name it")
        if lost := [url for url in repo.keys if without_login(url) not in own.keys]:
            raise _problem(f"{directory} has not the key {redact(lost[0])} of {own.id}", "the answers name it")
        keys |= {url: directory / own.keys[without_login(url)] for url in repo.keys}
    keys |= {url: directory / name for repo in found.repositories if not repo.vendor for url, name in repo.keys.items()}
    if lost := [str(path) for path in keys.values() if not path.is_file()]:
        raise _problem(f"{lost[0]}: no such file", "the medium is damaged")
    return Offline(
        directory=directory,
        set=found,
        keys=keys,
        request=replace(
            request,
            offline=None,
            repos=tuple(_local(repo, directory, found) for repo in request.repos),
            others=tuple(_local(repo, directory, found) for repo in _others(found)),
        ),
    )


def without_login(url: str) -> str:
    """Give an address without the user and the password that may be in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


def refuse_names(ids: Iterable[str]) -> None:
    """Refuse repositories that could not lie side by side in a set: a `UsageError`."""
    met = {KEYS, MARKER}
    for name in ids:
        if name in met or name.startswith("."):
            raise UsageError(
                "packages.offline",
                f"an offline set cannot have a repository called {name!r}: "
                + ("that name is taken" if name in met else "a name does not begin with a dot"),
                hint="give the distribution's repository another name, or change packages.repos",
            )
        met.add(name)


def _others(found: OfflineSet) -> Iterator[Repository]:
    for repo in found.repositories:
        if not repo.vendor:
            yield Repository(id=repo.id, baseurl=repo.baseurl, priority=repo.priority, keys=tuple(repo.keys))


def _local(repo: Repository, directory: Path, found: OfflineSet) -> Repository:
    """Give a repository as it lies in the set: there, and with no more than the set has of it."""
    name = repo.id.removeprefix(PREFIX)
    own = tuple(package.nevra for package in found.packages if package.path.startswith(f"{name}/"))
    return replace(repo, baseurl=(directory / name).absolute().as_uri(), only=own)


def _problem(message: str, why: str) -> ZeusError:
    reason = f" ({why})" if why else ""
    return ZeusError("packages.offline", f"packages.offline: {message}{reason}", hint=_MAKE_ANOTHER)

"""The port: what is asked of a package manager, what it answers, and what a backend can do."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from zeus_installer.system.events import Reporter


class Action(StrEnum):
    """What the child process is asked to do."""

    RESOLVE = "resolve"
    DOWNLOAD = "download"
    COLLECT = "collect"
    INSTALL = "install"


class BackendName(StrEnum):
    """The package managers that there are backends for."""

    DNF4 = "dnf4"
    LIBDNF5 = "libdnf5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository of the vendor. `keys` are addresses (http, https, file); without any it is unsigned: not checked.

    `only` are the packages that it has, by NEVRA, whatever its metadata lists; None: all that it lists.
    """

    id: str
    baseurl: str
    priority: int = 10
    keys: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None

    @property
    def includes(self) -> tuple[str, ...]:
        """What dnf's `includepkgs` must say: nothing means everything there, so that no package has to have a name."""
        return () if self.only is None else self.only or ("-",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is wanted below `root`.

    `vendor` names come from `repos` alone, even when the distribution's are newer; `support` names come from anywhere
    and are left alone when any version is installed; an `optional` name that no repository has is skipped. The target's
    own repositories (/etc/yum.repos.d) take part, less the `excludes`; with `others` these do in their place.
    `groups` are those of comps, by id; one with a `^` in front is an environment. One that nobody has is skipped.
    `releasever` is for a target that cannot tell.

    `offline` is the directory of an offline set, which then has everything (`packages.offline`); `collect` is the one
    that a set is collected in.

    `scratch`, a directory, takes everything that is written (metadata, logs), so that a resolve leaves `root` alone.
    `timeout` is how many seconds without data a download may last, `retries` how often it is tried again.
    """

    root: str = "/"
    releasever: str | None = None
    repos: tuple[Repository, ...] = ()
    vendor: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    others: tuple[Repository, ...] | None = None
    offline: str | None = None
    collect: str | None = None
    scratch: str | None = None
    timeout: int = 30
    retries: int = 3
    parallel: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A package that comes: sizes in bytes, `download` of the file and `size` of what it unpacks to."""

    name: str
    nevra: str
    repo: str
    download: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What will be done. `members` are the asked-for packages as they will stand afterwards, installed before or not;
    `leaving` are packages that others replace; `skipped` are optional names that no repository has."""

    items: tuple[Item, ...] = ()
    members: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def download(self) -> int:
        """How many bytes the package files have."""
        return sum(item.download for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """A downloaded package of the repository `repo`, which has it at `location`.

    `keys` are URLs; with `check` it must be signed by one of them, or, where the repository names none, by a key that
    the target already trusts.
    """

    path: str
    nevra: str
    repo: str
    location: str
    check: bool
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a request: the resolution, the vendor's key files by address, and which of the repositories that
    packages were downloaded from want no signatures."""

    resolution: Resolution
    keys: dict[str, bytes]
    unchecked: tuple[str, ...] = ()


class Backend(Protocol):
    """A package manager, opened for one request. Calls come in this order; what fails is a `ZeusError`."""

    def load(self, report: Reporter) -> None:
        """Read the installed packages and the metadata of all repositories."""

    def resolve(self) -> Resolution:
        """Find out what has to be installed. Nothing is ever removed but what a wanted package replaces."""

    def download(self, report: Reporter) -> tuple[PackageFile, ...]:
        """Fetch the package files; those that an earlier run has fetched are taken as they are."""

    def run(self, report: Reporter) -> None:
        """Install them. A scriptlet that fails is an error, whatever the package manager makes of it."""

    def fetch(self, url: str) -> bytes:
        """Fetch a small file (http, https, file) the way the package manager would: its proxy, its certificates."""

    def fetch_to(self, url: str, place: Path) -> None:
        """Fetch a file of any size into `place`, in the same way."""

    def close(self) -> None:
        """Let go of locks and files."""

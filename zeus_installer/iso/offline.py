"""The packages of a medium that is to work without a network: what its answers and its base system come to."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from zeus_installer.answers.dump import dump
from zeus_installer.answers.model import Answers
from zeus_installer.answers.reader import parse_answers
from zeus_installer.iso import base_system
from zeus_installer.iso.entries import DIRECTORY, MEDIUM
from zeus_installer.kickstart.named_packages import named_packages
from zeus_installer.machine.model import Os
from zeus_installer.packages import client
from zeus_installer.packages.installed import name_of
from zeus_installer.packages.offline import OfflineSet, refuse_names
from zeus_installer.packages.port import Repository, Request
from zeus_installer.packages.selection import PREFIX, select
from zeus_installer.sources.loader import load
from zeus_installer.system.errors import UsageError, ZeusError, sentence_list
from zeus_installer.system.events import Event, Kind, Reporter, Result, silent

PLACE: Final = f"{DIRECTORY}/packages"
# os-release's names of the distributions whose treeinfo has another one.
_IDS: Final = {"CentOS Stream": "centos", "Red Hat Enterprise Linux": "rhel", "Rocky Linux": "rocky"}
_DISTRIBUTION_PRIORITY: Final = 99
_NAME_THEM: Final = "name all repositories of the distribution with --offline-repo ID=URL and --offline-key URL"
# What the add-on has Anaconda install, and the first boot goes on with.
_ZEUS: Final = "zeus-installer"
_PERCENT: Final = 10
Say = Callable[[str], object]


def _cache() -> Path:
    """Where downloads are kept for the next time: XDG's directory of caches."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zeus"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineOrder:
    """What the set is for: a release (the ISO's when None), and the distribution's repositories.

    `cache` keeps what is downloaded: a build that was interrupted goes on from there.
    """

    repositories: Sequence[Repository]
    releasever: str | None = None
    cache: Path = field(default_factory=_cache)


def with_offline(answers: Mapping[str, str]) -> Mapping[str, str]:
    """Give answers, by name, that take every package from the medium."""
    read = {name: parse_answers(text, name) for name, text in answers.items()}
    place = f"{MEDIUM}{PLACE}"
    return {name: dump(replace(one, packages=replace(one.packages, offline=place))) for name, one in read.items()}


def collect(
    order: OfflineOrder,
    answers: Mapping[str, str],
    out: Path,
    say: Say,
    *,
    kickstart: str,
    distribution: str,
    version: str,
) -> OfflineSet:
    """Put the packages that `answers` and the text of a `kickstart` need into `out`, from an empty system up.

    `distribution` and `version` are those of the ISO. Answers with different repositories, and none at all, are a
    `UsageError`; what a repository does not give is a `ZeusError`.
    """
    release = order.releasever or version
    asked = _request(answers, _id(distribution), release)
    named = named_packages(kickstart, name="the kickstart")
    request = replace(
        asked,
        support=tuple(dict.fromkeys((*asked.support, *named.packages))),
        optional=tuple(dict.fromkeys((*asked.optional, *base_system.PACKAGES))),
        groups=(*named.groups, *base_system.PLATFORMS),
        others=tuple(replace(repo, priority=_DISTRIBUTION_PRIORITY) for repo in order.repositories),
        collect=str(out),
        scratch=str(order.cache / f"packages-{release}"),
    )
    refuse_names(repo.id.removeprefix(PREFIX) for repo in (*request.repos, *order.repositories))
    out.mkdir()
    with tempfile.TemporaryDirectory(dir=out.parent, prefix="root-") as root:
        try:
            found = client.collect(replace(request, root=root), Reporter(_Teller(say).tell, run="offline"))
        except ZeusError as error:
            if error.code in ("packages.missing", "packages.dependency"):
                raise ZeusError(error.code, error.message, hint=f"{_NAME_THEM}; {error.hint}") from error
            raise
        if found is None:
            raise UsageError("iso.offline_nothing", "the answers come to no package")
        _prove(replace(request, root=root), found, out)
    if _ZEUS not in {name_of(package.nevra) for package in found.packages}:
        say(f"offline set: WITHOUT {_ZEUS}, and no host comes to be without it: name a repository that has it")
    return found


def _prove(request: Request, found: OfflineSet, out: Path) -> None:
    """Have the package manager find in the set itself all that the set is for."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix="proof-") as scratch:
        alone = replace(request, offline=str(out), others=None, collect=None, scratch=scratch)
        try:
            again = client.resolve(alone, silent()).resolution
        except ZeusError as error:
            raise _changed(error.message) from error
    there = {name_of(package.nevra) for package in found.packages}
    asked = {*request.vendor, *request.support, *request.optional}
    if lost := (there & asked) - {item.name for item in again.items}:
        raise _changed(f"the metadata no longer has {sentence_list(sorted(lost))}")


def _changed(why: str) -> ZeusError:
    return ZeusError(
        "iso.offline_changed",
        f"the repositories changed while they were read: {why}",
        hint="begin again: what is already downloaded is kept",
    )


def _request(answers: Mapping[str, str], system: str, version: str) -> Request:
    """Ask for what all the answers name: their groups may differ, what they take them from may not."""
    if not answers:
        raise UsageError(
            "iso.offline_answers", "--offline needs --answers: they say which packages", hint="name a file"
        )
    read = {name: parse_answers(text, name) for name, text in answers.items()}
    first, *others = read
    for name in others:
        if _packages(read[name]) != _packages(read[first]):
            raise UsageError(
                "iso.offline_answers",
                f"{first} and {name} take different packages, and a medium has one set",
                hint="make a medium for each, or let [packages] be the same in both, but for groups",
            )
    groups = tuple(dict.fromkeys(group for one in read.values() for group in one.packages.groups))
    wanted = replace(read[first], packages=replace(read[first].packages, groups=groups, offline=None))
    return select(wanted, load(wanted.packages.source), Os(id=system, version_id=version))


def _packages(answers: Answers) -> object:
    return replace(answers.packages, groups=(), offline=None)


def _id(distribution: str) -> str:
    return _IDS.get(distribution, distribution.partition(" ")[0].lower())


class _Teller:
    """Tells of events in lines: each part, each tenth of the download, and what somebody should know."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._told = 0

    def tell(self, event: Event) -> None:
        if event.kind is Kind.START:
            self._told = 0
            self._say(f"offline set: {event.title[:1].lower()}{event.title[1:]}")
        elif event.kind is Kind.LOG and event.result is Result.WARNING:
            self._say(f"offline set: {event.title}")
        elif event.kind is Kind.PROGRESS and event.total and event.unit == "bytes":
            percent = event.done * 100 // event.total if event.done else 0
            if event.path == "download" and percent >= self._told + _PERCENT:
                self._told = percent - percent % _PERCENT
                self._say(f"offline set: {self._told} % of {event.total >> 20} MiB")

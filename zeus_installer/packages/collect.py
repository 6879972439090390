"""Collect an offline set: what a request comes to, downloaded and checked, beside its repositories' own metadata."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from zeus_installer.packages.offline import (
    KEYS,
    MARKER,
    OfflinePackage,
    OfflineRepository,
    OfflineSet,
    without_login,
)
from zeus_installer.packages.port import PackageFile, Repository, Request
from zeus_installer.packages.problems import problem
from zeus_installer.packages.selection import PREFIX
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ZeusError

_REPO: Final = "{http://linux.duke.edu/metadata/repo}"
_INDEX: Final = "repodata/repomd.xml"
# A signature of the metadata and the key for it, where a repository has them.
_SIGNATURES: Final = (f"{_INDEX}.asc", f"{_INDEX}.key")
# createrepo's name of SHA-1.
_KINDS: Final = {"sha": "sha1"}
_SPARE: Final = 64 << 20
Fetch = Callable[[str, Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Writes a set for a system of `arch`. `fetch` puts what is at an address into a file, `keys` are those of keys.

    Package files are linked when they lie below `cache`, and copied from elsewhere: those are somebody's own.
    """

    request: Request
    out: Path
    arch: str
    fetch: Fetch
    keys: Mapping[str, Path]
    cache: Path

    def collect(self, files: Sequence[PackageFile]) -> OfflineSet:
        """Write it. What a repository does not have as its metadata says is a `ZeusError`."""
        found = OfflineSet(
            arch=self.arch,
            releasever=self.request.releasever or "",
            repositories=tuple(self._repositories(files)),
            packages=tuple(self._package(file) for file in files),
        )
        (self.out / MARKER).write_text(json.dumps(encode(found), indent=1) + "\n")
        return found

    def _repositories(self, files: Sequence[PackageFile]) -> Iterator[OfflineRepository]:
        used = {file.repo for file in files}
        vendors = {repo.id for repo in self.request.repos}
        for repo in (*self.request.repos, *(self.request.others or ())):
            if repo.id in vendors or repo.id in used:
                place = self.out / _name(repo.id)
                place.mkdir(parents=True)
                self._metadata(self._substituted(repo.baseurl), place)
                yield OfflineRepository(
                    id=place.name,
                    baseurl=without_login(repo.baseurl),
                    priority=repo.priority,
                    vendor=repo.id in vendors,
                    keys=dict(self._key_files(repo)),
                )

    def _key_files(self, repo: Repository) -> Iterator[tuple[str, str]]:
        (self.out / KEYS).mkdir(exist_ok=True)
        for number, url in enumerate(repo.keys):
            name = f"{KEYS}/{_name(repo.id)}-{number}.asc"
            shutil.copyfile(self.keys[url], self.out / name)
            yield without_login(url), name

    def _metadata(self, baseurl: str, place: Path) -> None:
        index = self._fetched(baseurl, _INDEX, place)
        for name in _SIGNATURES:
            with suppress(ZeusError):
                self._fetched(baseurl, name, place)
        for name, kind, digest in _listed(index.read_bytes()):
            if _digest(self._fetched(baseurl, name, place), kind) != digest:
                raise problem("packages.damaged", f"{baseurl}/{name}: its checksum is not the one that {_INDEX} has")

    def _fetched(self, baseurl: str, name: str, place: Path) -> Path:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.fetch(f"{baseurl}/{quote(name)}", path)
        except ZeusError:
            path.unlink(missing_ok=True)
            raise
        path.chmod(0o644)
        return path

    def _package(self, file: PackageFile) -> OfflinePackage:
        name = f"{_name(file.repo)}/{_inside(file.location)}"
        place = self.out / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            if not Path(file.path).is_relative_to(self.cache):
                raise OSError(file.path)
            os.link(file.path, place)
        except OSError:
            shutil.copyfile(file.path, place)
        place.chmod(0o644)
        return OfflinePackage(
            nevra=file.nevra, path=name, size=place.stat().st_size, sha256=_digest(place, "sha256") or ""
        )

    def _substituted(self, url: str) -> str:
        values = {"releasever": self.request.releasever or "", "basearch": self.arch, "arch": self.arch}
        for name, value in values.items():
            url = url.replace(f"${{{name}}}", value).replace(f"${name}", value)
        return url.rstrip("/")


def _name(repo: str) -> str:
    return repo.removeprefix(PREFIX)


def _listed(index: bytes) -> Iterator[tuple[str, str, str]]:
    """Give place, kind of checksum and checksum of each file that a repository's index lists."""
    try:
        root = ET.fromstring(index)  # noqa: S314 - expat refuses entity bombs (2.4.1 and later)
    except ET.ParseError as error:
        raise problem("packages.damaged", f"{_INDEX} is no XML: {error}") from error
    for data in root.iter(f"{_REPO}data"):
        location, checksum = data.find(f"{_REPO}location"), data.find(f"{_REPO}checksum")
        if location is not None and checksum is not None:
            yield _inside(location.get("href", "")), checksum.get("type", ""), checksum.text or ""


def _inside(name: str) -> str:
    """Give a place below a repository; one that leads out of it is a `ZeusError`."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts:
        raise problem("packages.damaged", f"{name!r} does not lie in its repository")
    return str(path)


def _digest(path: Path, kind: str) -> str | None:
    """Give a file's checksum; None when its kind is not known."""
    with path.open("rb") as file:
        try:
            return file_digest(file, _KINDS.get(kind, kind)).hexdigest()
        except ValueError:
            return None


def refuse_no_space(request: Request, needed: int) -> None:
    """Refuse to download `needed` bytes to where they have no place: in the cache, and, elsewhere, in the set."""
    places = {Path(place) for place in (request.collect, request.scratch or request.root) if place}
    for place in sorted(places):
        place.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(place).free
        if free < needed + _SPARE:
            text = f"{place} has {free >> 20} MiB of free space, and the packages take {needed + _SPARE >> 20} MiB"
            raise problem("packages.disk_full", text)

"""Offline package sets: repositories on a medium that is mounted now. Read only, and light enough for any process.

What may have to be waited for is not touched: network file systems, automounts, and no more than so many directories.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

from zeus_installer.machine.mounts import parse_mountinfo
from zeus_installer.machine.tree import Tree, printable
from zeus_installer.packages.openpgp import public_keys

# Where installers, desktops and administrators mount media; `*` is any directory.
_PLACES = ("run/install/repo", "run/media/*/*", "media/*", "media/*/*", "mnt", "mnt/*")
_METADATA = "repodata/repomd.xml"
_KEYS = ("RPM-GPG-KEY*", "*.asc", "*.gpg")
_SLOW = ("autofs", "nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "afs", "fuse.sshfs", "fuse.glusterfs")
_MOST_NAMES = 2000
_MOST_KEYS = 20
_MOST_KEY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A repository in the directory `path`, called by that directory's name, and the files of public keys beside it.

    Paths are as a program that runs in the searched root would name them.
    """

    path: Path
    name: str
    keys: tuple[Path, ...] = ()


def find_media(root: Path = Path("/")) -> tuple[Medium, ...]:
    """Give the repositories in the usual places of media, and one level below those. What cannot be read has none."""
    return tuple(_Search(Tree(root)).media())


class _Search:
    """One look through one tree. Paths are relative to it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names_left = _MOST_NAMES
        mounted = {mount.point: mount.kind for mount in parse_mountinfo(tree.text("proc/self/mountinfo") or "")}
        self._slow = {point.lstrip("/") for point, kind in mounted.items() if kind in _SLOW}

    def media(self) -> Iterator[Medium]:
        """The places themselves come first, then what is in them; a repository that is met again is left out."""
        places = [place for pattern in _PLACES for place in self._matching(pattern)]
        below = (inner for place in places for inner in self._directories(place))
        met: set[str] = set()
        for place in chain(places, below):
            real = self._tree.real(place)
            if real not in met and self._tree.data(f"{place}/{_METADATA}", size=1):
                met.add(real)
                outside = place.rpartition("/")[0]
                keys = [key for beside in (place, outside) if beside in (place, *places) for key in self._keys(beside)]
                path = Path("/", place)
                yield Medium(path=path, name=printable(path.name), keys=tuple(Path("/", key) for key in keys))

    def _matching(self, pattern: str) -> Sequence[str]:
        found = [""]
        for part in pattern.split("/"):
            if part == "*":
                found = [inner for place in found for inner in self._directories(place)]
            else:
                found = [f"{place}/{part}".lstrip("/") for place in found]
        return [place for place in found if place not in self._slow]

    def _directories(self, place: str) -> Iterator[str]:
        """Give the directories in `place` that may be entered, until enough names were looked at."""
        names = () if place in self._slow else self._tree.names(place)
        for name in names:
            if self._names_left == 0:
                return
            self._names_left -= 1
            inner = f"{place}/{name}"
            if not name.startswith(".") and inner not in self._slow and self._tree.is_dir(inner):
                yield inner

    def _keys(self, place: str) -> Iterator[str]:
        named = [name for name in self._tree.names(place) if any(fnmatchcase(name, pattern) for pattern in _KEYS)]
        for name in named[:_MOST_KEYS]:
            if public_keys(self._tree.data(f"{place}/{name}", size=_MOST_KEY_BYTES) or b""):
                yield f"{place}/{name}"

"""A machine seen from an installer that runs on it: its hardware, and the system that is being installed on it."""

from pathlib import Path
from typing import Final

from zeus_installer.machine.tree import Tree

# What a system has of its own; all else that probes read is the running kernel's.
_OF_THE_SYSTEM: Final = frozenset({"boot", "etc", "lib", "usr"})
_OS_RELEASE: Final = "etc/os-release"

# Anaconda mounts the system at the second place and binds it to the first (pyanaconda: set_system_root).
ANACONDA_ROOTS: Final = ("/mnt/sysroot", "/mnt/sysimage")


class InstallerTree(Tree):
    """The tree of an installer whose future system is mounted at one of `places` (Anaconda: the same one at two).

    Before the system is there its own files are taken for it: an installer and what it installs are one release. Of
    the installer's mounts only those below /run count, where its media are.
    """

    def __init__(self, root: Path, places: tuple[str, ...]) -> None:
        super().__init__(root)
        self._places = places
        below = (root / place.lstrip("/") for place in places)
        self._system = next((Tree(path) for path in below if Tree(path).exists(_OS_RELEASE)), None)

    def system_point(self, point: str) -> str | None:
        """Take the place where the system is mounted off the point; see the base class."""
        for place in self._places:
            if point == place or point.startswith(f"{place}/"):
                return point.removeprefix(place) or "/"
        return point if point.startswith("/run/") else None

    def real(self, path: str) -> str:
        """Give `path` with every link followed, within the system for what is the system's."""
        return self._system.real(path) if self._system and _is_of_the_system(path) else super().real(path)

    def _host_path(self, path: str) -> str:
        if self._system and _is_of_the_system(path):
            return self._system._host_path(path)
        return super()._host_path(path)


def _is_of_the_system(path: str) -> bool:
    return path.partition("/")[0] in _OF_THE_SYSTEM

"""Boot sets: a hypervisor, a kernel and an initramfs that belong together, copied out of every package's reach.

`/boot/zeus/sets/<xen>-<kernel>/` is written once and never changed; GRUB checks its `sha256` before it loads from it.
`/boot/zeus/current` and `/boot/zeus/previous` are single links into it, each replaced in one rename; the entries name
the links.
"""

import filecmp
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.files import sync_directory, write_atomic
from zeus_installer.system.target import Target

ZEUS: Final = "/boot/zeus"
CURRENT: Final = f"{ZEUS}/current"
PREVIOUS: Final = f"{ZEUS}/previous"
_SETS: Final = f"{ZEUS}/sets"
_UNFINISHED: Final = ".unfinished"

FILES: Final = ("xen.gz", "vmlinuz", "initramfs.img")
SUMS: Final = "sha256"

MIB: Final = 1 << 20
# Left free in /boot, for GRUB's environment, a new initramfs beside the old one while dracut writes, ...
_MARGIN: Final = 16 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class BootSet:
    """The files of a set, where they come from. `xen` and `kernel` are versions and make its name."""

    xen: str
    kernel: str
    hypervisor: str
    image: str
    initramfs: str

    @property
    def name(self) -> str:
        """The name of its directory."""
        return f"{self.xen}-{self.kernel}"

    @property
    def files(self) -> dict[str, str]:
        """The name of each file in the set, and the file that it is a copy of."""
        return dict(zip(FILES, (self.hypervisor, self.image, self.initramfs), strict=True))


def is_current(target: Target, wanted: BootSet) -> bool:
    """Whether `current` is a whole copy of what `wanted` consists of now."""
    return target.exists(CURRENT) and _is_copy(target, wanted, CURRENT)


def install(target: Target, wanted: BootSet) -> None:
    """Copy the set, and make it `current` once it is whole; what was current becomes `previous`."""
    path = _place(target, wanted)
    if not target.exists(path):
        _copy(target, wanted, path)
    _make_current(target, path)
    _prune(target)


def _place(target: Target, wanted: BootSet) -> str:
    """Find the set's directory: the one that already is a copy, or a new name. Another initramfs is another set."""
    names = (wanted.name if number == 1 else f"{wanted.name}.{number}" for number in count(1))
    paths = (f"{_SETS}/{name}" for name in names)
    return next(path for path in paths if not target.exists(path) or _is_copy(target, wanted, path))


def _is_copy(target: Target, wanted: BootSet, directory: str) -> bool:
    pairs = ((target.path(source), target.path(f"{directory}/{name}")) for name, source in wanted.files.items())
    try:
        return all(filecmp.cmp(source, copy, shallow=False) for source, copy in pairs)
    except FileNotFoundError:
        return False


def _copy(target: Target, wanted: BootSet, path: str) -> None:
    unfinished = target.path(f"{_SETS}/{_UNFINISHED}")
    target.remove(f"{_SETS}/{_UNFINISHED}")
    unfinished.mkdir(parents=True)
    check_space(target, wanted)
    sums = {name: _copy_durably(target.path(source), unfinished / name) for name, source in wanted.files.items()}
    write_atomic(unfinished / SUMS, "".join(f"{digest}  {name}\n" for name, digest in sums.items()))
    unfinished.replace(target.path(path))
    sync_directory(unfinished.parent)


def _copy_durably(source: Path, copy: Path) -> str:
    """Copy a file and give the SHA-256 of what was read."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, copy.open("xb") as writer:
        while piece := reader.read(MIB):
            digest.update(piece)
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())
    copy.chmod(0o600)
    return digest.hexdigest()


def check_space(target: Target, wanted: BootSet) -> None:
    """Raise a `ZeusError` when /boot has no room for one more set."""
    needed = sum(target.path(source).stat().st_size for source in wanted.files.values()) + _MARGIN
    boot = target.path("/boot")
    status = os.statvfs(boot)
    free = status.f_bavail * status.f_frsize
    if free < needed:
        raise ZeusError(
            "boot.space",
            f"/boot has {free // MIB} MiB free, the hypervisor with its kernel and initramfs needs {needed // MIB} MiB",
            hint="remove old kernels (dnf remove --oldinstallonly) or make /boot larger, then: zeus resume",
        )


def _make_current(target: Target, path: str) -> None:
    wanted = _link_to(path)
    present = _points_to(target, CURRENT)
    if present == wanted:
        return
    if present is not None:
        _link(target, PREVIOUS, present)
    _link(target, CURRENT, wanted)


def _link_to(path: str) -> str:
    return path.removeprefix(f"{ZEUS}/")


def _points_to(target: Target, link: str) -> str | None:
    where = target.path(link)
    return str(where.readlink()) if where.is_symlink() else None


def _link(target: Target, link: str, points_to: str) -> None:
    try:
        target.link_atomic(link, points_to)
    except PermissionError as error:
        raise ZeusError(
            "boot.links",
            f"/boot's file system cannot hold symbolic links ({link})",
            hint="give /boot an ext4 or XFS file system, as Fedora's installer does",
        ) from error


def _prune(target: Target) -> None:
    used = {_points_to(target, CURRENT), _points_to(target, PREVIOUS)}
    for directory in list(_directories(target)):
        if _link_to(f"{_SETS}/{directory}") not in used:
            target.remove(f"{_SETS}/{directory}")


def _directories(target: Target) -> Iterator[str]:
    with suppress(FileNotFoundError):
        yield from (path.name for path in target.path(_SETS).iterdir())


def has_previous(target: Target) -> bool:
    """Whether there is an earlier set to fall back to."""
    return all(target.path(f"{PREVIOUS}/{name}").is_file() for name in FILES)


def check_current(target: Target) -> None:
    """Raise a `ZeusError` unless every file of `current` is there as it was written, as GRUB will find out too."""
    sums = dict(line.split("  ")[::-1] for line in (target.read(f"{CURRENT}/{SUMS}") or "").splitlines())
    for name in FILES:
        path = target.path(f"{CURRENT}/{name}")
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sums.get(name):
            raise ZeusError(
                "boot.set",
                f"{CURRENT}/{name} is missing or not as it was written: GRUB would refuse to start it",
                hint="zeus resume makes the boot set again",
            )


def remove(target: Target) -> None:
    """Remove all sets and links."""
    target.remove(ZEUS)

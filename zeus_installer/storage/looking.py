"""Looking into a file system that is nobody's business to change: mounted for a moment, where nobody else looks.

Nothing is written to the device, not even what a journal has left to do (mount(8), ext4(5), xfs(5), btrfs(5)).
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from zeus_installer.machine.tree import Tree
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.run import run

# What keeps each from writing: a journal that was not played back stays so.
READABLE: Final[Mapping[str, str]] = {
    "btrfs": "rescue=nologreplay",
    "exfat": "",
    "ext2": "",
    "ext3": "noload",
    "ext4": "noload",
    "iso9660": "",
    "msdos": "",
    "udf": "",
    "vfat": "",
    "xfs": "norecovery",
}
_PLACE: Final = Path("/run")
_SECONDS: Final = 30


@contextmanager
def looking_into(device: str, kind: str) -> Iterator[Tree]:
    """Give the file system of `kind` on a device as a tree. What cannot be mounted is a `ZeusError`."""
    if kind not in READABLE:
        raise ZeusError("storage.unreadable", f"{device}: {kind} is not read", hint="use vfat, ext4 or iso9660")
    options = ",".join(filter(None, ("ro,nodev,nosuid,noexec", READABLE[kind])))
    # Others cannot look into it: it is made with mode 0700.
    place = tempfile.mkdtemp(prefix="zeus-look-", dir=_PLACE if os.access(_PLACE, os.W_OK) else None)
    try:
        _mount(["mount", "-t", kind, "-o", options, device, place], f"{device}: {kind} cannot be mounted")
        try:
            yield Tree(Path(place))
        finally:
            _unmount(place)
    finally:
        with suppress(OSError):
            Path(place).rmdir()


def _mount(argv: Sequence[str], what: str) -> None:
    try:
        run(argv, timeout=_SECONDS)
    except ZeusError as error:
        # The first line is the command; what the program says itself comes below it.
        said = error.message.splitlines()
        why = said[min(1, len(said) - 1)].strip()
        raise ZeusError("storage.unreadable", f"{what}: {why}", hint="is it whole?") from error


def _unmount(place: str) -> None:
    try:
        run(["umount", place], timeout=_SECONDS)
    except ZeusError:
        run(["umount", "--lazy", place], timeout=_SECONDS)

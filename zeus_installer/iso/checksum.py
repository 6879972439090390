"""The checksum inside an ISO, which "Test this media" (rd.live.check) compares: isomd5sum's programs."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from zeus_installer.iso.volume import Volume
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.run import run

_HOW_TO_INSTALL: Final = "install the package isomd5sum"


class Checksum(StrEnum):
    """What comparing it came to."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"


def implant(iso: Path) -> None:
    """Put the checksum of an ISO into its volume descriptor."""
    _run("implantisomd5", "--force", iso)


def compare(volume: Volume) -> Checksum:
    """Read the whole ISO and compare."""
    if not volume.has_checksum:
        return Checksum.NONE
    # checkisomd5 ends with 0 when the medium is as it was made, and with 1 when it is not.
    return Checksum.WRONG if _run("checkisomd5", volume.path, ok=(0, 1)) else Checksum.RIGHT


def _run(*words: str | Path, ok: tuple[int, ...] = (0,)) -> int:
    try:
        return run(words, ok=ok).returncode
    except ZeusError as error:
        if error.code == "run.missing":
            raise ZeusError("iso.no_checksum_program", error.message, hint=_HOW_TO_INSTALL) from error
        raise

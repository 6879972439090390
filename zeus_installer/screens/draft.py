"""What was typed so far, kept in /run/zeus for the next console: it survives a hang-up, and ends with the boot.

The draft has no secret but root's password hash, and is root's alone. One wizard at a time may write it.
"""

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from zeus_installer.system.codec import Json
from zeus_installer.system.files import write_atomic

DIRECTORY: Final = Path("/run/zeus")


@dataclass(slots=True)
class Draft:
    """The draft of this machine; with `directory` None (a dry run) nothing is kept."""

    directory: Path | None = DIRECTORY
    _lock: int | None = None

    def take(self) -> str:
        """Become the one that writes; gives who does (`pid terminal`), or nothing when it is us."""
        if self.directory is None or self._lock is not None:
            return ""
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.directory / "wizard.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 200, 0).decode(errors="replace").strip()
            os.close(lock)
            return holder or "? another console"
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()} {_terminal()}\n".encode(), 0)
        self._lock = lock
        return ""

    @property
    def told(self) -> Sequence[tuple[Literal["", "warn"], str]]:
        """Give lines on what the forms began with, for the operator; none when there is nothing to tell."""
        return ()

    def give_up(self) -> None:
        """Let another console write."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def load(self) -> tuple[dict[str, Json], str]:
        """Give the inputs and the screen that were kept; what cannot be read is nothing."""
        if self.directory is None:
            return {}, ""
        try:
            kept = json.loads((self.directory / "wizard.json").read_text())
            return dict(kept["inputs"]), str(kept["screen"])
        except (OSError, ValueError, KeyError, TypeError):
            return {}, ""

    def save(self, inputs: dict[str, Json], screen: str) -> None:
        """Keep the inputs."""
        if self.directory is not None and self._lock is not None:
            write_atomic(self.directory / "wizard.json", json.dumps({"inputs": inputs, "screen": screen}), mode=0o600)

    def forget(self) -> None:
        """Remove what was kept: the run has begun, and its plan has it all."""
        if self.directory is not None and self._lock is not None:
            (self.directory / "wizard.json").unlink(missing_ok=True)


def _terminal() -> str:
    try:
        return os.ttyname(0).removeprefix("/dev/")
    except OSError:
        return "another console"

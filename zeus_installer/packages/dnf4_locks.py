"""dnf 4's locks are files with a process id, on the disk: after a power cut that id may belong to anyone.

Distributions clear them at boot with a systemd-tmpfiles rule, where they ship one. dnf itself only looks whether a
process with that id is there (dnf/lock.py), be it one that has ended and that nobody has waited for yet.
"""

import os
import time
from pathlib import Path

_ENDED = ("Z", "X")


def drop_stale_locks(directory: Path) -> None:
    """Remove the locks in `directory` whose process has ended, or started after the lock was taken."""
    for lock in directory.glob("*_lock.pid"):
        if _is_stale(lock):
            lock.unlink(missing_ok=True)


def _is_stale(lock: Path) -> bool:
    try:
        state, started = _process(int(lock.read_text()))
        return state in _ENDED or started > lock.stat().st_mtime
    except (OSError, ValueError):  # gone, or not readable for us: dnf's own rules then hold
        return False


def _process(process: int) -> tuple[str, float]:
    """Give a process's state and when it started, in seconds since the epoch (proc(5): /proc/PID/stat)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return fields[0], boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")

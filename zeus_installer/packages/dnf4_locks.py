"""dnf 4's locks are files with a process id, on the disk: after a power cut that id may belong to anyone.

Distributions clear them at boot with a systemd-tmpfiles rule, where they ship one. dnf itself only looks whether a
process with that id is there (dnf/lock.py).
"""

import os
import time
from pathlib import Path


def drop_stale_locks(directory: Path) -> None:
    """Remove the locks in `directory` whose process started after the lock was taken."""
    for lock in directory.glob("*_lock.pid"):
        if _is_stale(lock):
            lock.unlink(missing_ok=True)


def _is_stale(lock: Path) -> bool:
    try:
        return _started(int(lock.read_text())) > lock.stat().st_mtime
    except (OSError, ValueError):  # gone, or not readable for us: dnf's own rules then hold
        return False


def _started(process: int) -> float:
    """Give when a process started, in seconds since the epoch (proc(5): `starttime` in /proc/PID/stat)."""
    ticks = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return boot + ticks / os.sysconf("SC_CLK_TCK")

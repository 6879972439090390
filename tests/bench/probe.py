"""`zeus probe`: wall time and memory, beside an interpreter that does nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench.rows import Row, interleaved

OURS = (sys.executable, "-m", "zeus_installer", "probe", "--json")
FLOOR = (sys.executable, "-c", "pass")
PAIRS = 15


def measure() -> list[Row]:
    """Measure on this machine."""
    wall, floor = interleaved(lambda: seconds(OURS), lambda: seconds(FLOOR), pairs=PAIRS)
    memory, floor_memory = interleaved(lambda: peak(OURS), lambda: peak(FLOOR), pairs=3)
    return [
        Row(name="zeus probe, wall", ours=wall, peer=floor, peer_name="bare python", unit="s", goal="0.15 s"),
        Row(
            name="zeus probe, memory", ours=memory, peer=floor_memory, peer_name="bare python", unit="MB", goal="30 MB"
        ),
    ]


def seconds(command: Sequence[str]) -> float:
    """Run once; wall seconds."""
    began = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def peak(command: Sequence[str]) -> float:
    """Run once; the most memory that it held, in MB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss / 1000

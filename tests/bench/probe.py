"""`zeus probe`: wall time and memory, beside an interpreter that does nothing."""

import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench.rows import Row, interleaved

OURS = (sys.executable, "-m", "zeus_installer", "probe", "--json")
FLOOR = (sys.executable, "-c", "pass")
# The kernel's peak of this very program; getrusage(2) would count what its parent held when it forked.
TELL_PEAK = "import sys; sys.stderr.write(open('/proc/self/status').read())"
OURS_TELLING = (
    sys.executable,
    "-c",
    f"from zeus_installer.__main__ import main; main(['probe', '--json']); {TELL_PEAK}",
)
FLOOR_TELLING = (sys.executable, "-c", TELL_PEAK)
PAIRS = 15


def measure() -> list[Row]:
    """Measure on this machine."""
    wall, floor = interleaved(lambda: seconds(OURS), lambda: seconds(FLOOR), pairs=PAIRS)
    memory, floor_memory = interleaved(lambda: peak(OURS_TELLING), lambda: peak(FLOOR_TELLING), pairs=3)
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
    said = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True).stderr
    (line,) = (line for line in said.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6

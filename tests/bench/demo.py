"""The demo's parts, measured by walking it once."""

import tempfile
from pathlib import Path

from tests.bench.rows import Row
from tests.lab.demo import show
from tests.lab.journey import journey


def measure() -> list[Row]:
    """Walk the main job from the booted plain host to the login from outside; the lab is built before."""
    with tempfile.TemporaryDirectory(prefix="zeus-bench-") as name, journey(Path(name)) as trip:
        show(trip)
        return [
            Row(name=part, ours=seconds, peer=None, peer_name="", unit="s", goal="none set")
            for part, seconds in trip.times.items()
        ]

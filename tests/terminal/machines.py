"""Recorded machines (tests/fixtures/machines) as files for `--machine`."""

import functools
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from zeus_installer.machine.model import Machine
from zeus_installer.machine.probe import probe
from zeus_installer.machine.replay import save

FIXTURES: Final = Path(__file__).parents[1] / "fixtures" / "machines"
NAMES: Final = tuple(sorted(path.name.removesuffix(".tar.gz") for path in FIXTURES.glob("*.tar.gz")))


@functools.cache
def machine(name: str) -> Machine:
    """Probe the recorded machine of that name."""
    with tempfile.TemporaryDirectory(prefix="zeus-machine-") as root:
        with tarfile.open(FIXTURES / f"{name}.tar.gz") as tar:
            tar.extractall(root)  # noqa: S202 - our own recording
        return probe(Path(root))


def machine_file(name: str, directory: Path) -> Path:
    """Save the recorded machine in the directory; the file's path."""
    path = directory / f"{name}.json"
    save(machine(name), path)
    return path

"""Which pyanaconda the add-on's service imports: the stand-in, or Anaconda itself (`make test-anaconda`)."""

import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Final

STAND_IN: Final = Path(__file__).parent / "stand_in"
REAL: Final = "ZEUS_ANACONDA"  # set: the service imports Anaconda's own pyanaconda
SOURCE: Final = "ANACONDA_SOURCE"  # directories to find it in, as in PYTHONPATH; without it the system's Python has it
ELSEWHERE: Final = "ZEUS_ELSEWHERE"  # the directory that tests.anaconda.elsewhere takes for the machine
INSTALLED_CONFIGURATION: Final = Path("/etc/anaconda/anaconda.conf")
ASK: Final = (
    "import pyanaconda.modules.common.base, pyanaconda.version, pathlib;"
    "print(pyanaconda.version.__version__, 'in', pathlib.Path(pyanaconda.__file__).parents[1])"
)


def search_path() -> list[str]:
    """What goes on the service's PYTHONPATH, before the add-ons."""
    return _directories() if REAL in os.environ else [str(STAND_IN)]


def write_configuration(path: Path, root: Path) -> None:
    """Write the configuration of Anaconda's processes: Anaconda's own, with another root of the new system."""
    parser = ConfigParser(interpolation=None)
    parser.read_dict({"Installation Target": {"type": "HARDWARE"}})
    if REAL in os.environ:
        parser.read(_configuration())
    parser["Installation Target"]["system_root"] = str(root)
    with path.open("w") as file:
        parser.write(file)


def import_real() -> tuple[str, str]:
    """Anaconda's version and place, or the error with which its import ends."""
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "PYTHONPATH": ":".join(_directories()), "ANACONDA_CONFIG_TMP": str(_configuration())},
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip(), "" if asked.returncode == 0 else asked.stderr.strip().splitlines()[-1]


def _directories() -> list[str]:
    return [part for part in os.environ.get(SOURCE, "").split(":") if part]


def _configuration() -> Path:
    candidates = [Path(part) / "data/anaconda.conf" for part in _directories()]
    return next((place for place in candidates if place.exists()), INSTALLED_CONFIGURATION)

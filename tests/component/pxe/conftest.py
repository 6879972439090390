"""An ISO to take boot files from, the `zeus` command beside an inventory, and good answers."""

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.netinst import netinst

Zeus = Callable[..., subprocess.CompletedProcess[str]]
HASH = "$6$salt$CqUbBpPHjYw4fcAK5wlKC6y7k6Z1wtpQ/JD2CV2sDzgk4Eu6jqOYCkzMMyxQg6cyBFEIc2vVVXFMSkDQaBcfJ/"
COMMON = f"""\
version = 1

[host]
root_password_hash = "{HASH}"

[packages]
repos = [{{ id = "xapi", baseurl = "https://packages.example.org/", gpgkey = "https://packages.example.org/key" }}]
"""


@pytest.fixture(scope="session")
def iso() -> Path:
    return netinst() / "netinst.iso"


def run_zeus(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zeus_installer", *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=cwd, text=True)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def zeus(tmp_path: Path) -> Zeus:
    (tmp_path / "common.toml").write_text(COMMON)
    return functools.partial(run_zeus, cwd=tmp_path)

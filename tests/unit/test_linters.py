"""Formatting, lint and types are tests like any other."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["mypy", "-p", "tests.lab"],
        ["mypy", "-p", "tests.terminal"],
        ["mypy", "-p", "tests.anaconda", "--exclude", "^tests/anaconda/stand_in/"],
        ["mypy", "-p", "pyanaconda"],
    ],
    ids=" ".join,
)
def test_linter_is_content(command: list[str]) -> None:
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_imports_point_one_way() -> None:
    """Nothing imports a room that lies above it (the order of the design's house)."""
    floors = {
        "system": 0,
        "machine": 1,
        "answers": 1,
        "web": 1,
        "convert": 2,
        "reporting": 2,
        "sources": 2,
        "boot": 2,
        "packages": 2,
        "host": 2,
        "storage": 2,
        "xenapi": 2,
        "verify": 3,
        "checks": 3,
        "steps": 3,
        "plan": 4,
        "network_test": 4,
        "kickstart": 5,
        "planning": 5,
        "engine": 5,
        "answer_sources": 5,
        "worker": 6,
        "iso": 6,
        "pxe": 7,
        "screens": 7,
        "addon": 7,
        "cli": 8,
    }
    wrong = []
    for path in sorted((ROOT / "zeus_installer").rglob("*.py")):
        room = path.relative_to(ROOT / "zeus_installer").parts[0].removesuffix(".py")
        for line in path.read_text().splitlines():
            words = line.split()
            if line.lstrip().startswith("from zeus_installer.") and words[0] == "from":
                other = words[1].split(".")[1]
                if room in floors and floors[other] > floors[room]:
                    wrong.append(f"{path.relative_to(ROOT)}: {line.strip()}")
    assert wrong == []

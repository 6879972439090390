"""Processes of our own: `python -m` one of our modules, with an order on its input and lines of JSON on its output."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import zeus_installer


def start_own(module: str, *, stderr: IO[str] | int, python: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start `zeus_installer.<module>` in a session of its own; `python` is the command of another Python than ours."""
    here = str(Path(zeus_installer.__file__).parent.parent)
    path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [*(python or [sys.executable]), "-P", "-m", f"zeus_installer.{module}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": path, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
        start_new_session=True,
    )

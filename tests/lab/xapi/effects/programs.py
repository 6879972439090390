"""Running the machine's tools."""

import logging
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)


class ProgramFailed(Exception):  # noqa: N818 (what failed is a program, not this one)
    """A tool is missing or ended badly; the text is its own words."""


def run(argv: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, ok: Sequence[int] = (0,)) -> str:
    """Run a tool and return its output. Raises ProgramFailed for a status that is not `ok`."""
    words = [str(word) for word in argv]
    log.debug("run: %s", shlex.join(words))
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            check=False,
        )
    except FileNotFoundError as error:
        raise ProgramFailed(f"{words[0]}: not found") from error
    if done.returncode not in ok:
        raise ProgramFailed(f"{shlex.join(words)}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def start(argv: Sequence[str | Path]) -> None:
    """Run a tool that leaves a daemon behind: its output goes nowhere, so that nothing waits for the daemon's end."""
    words = [str(word) for word in argv]
    log.debug("start: %s", shlex.join(words))
    try:
        subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
    except FileNotFoundError as error:
        raise ProgramFailed(f"{words[0]}: not found") from error

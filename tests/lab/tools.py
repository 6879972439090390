"""Running the programs that build the lab."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class ToolError(RuntimeError):
    """A program failed; the message ends with its words."""


def run(
    command: Sequence[str | Path], *, stdin: str | bytes = b"", environment: Mapping[str, str] | None = None
) -> str:
    """Run a program to its end and return its standard output; ToolError when it fails."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(list(map(str, command)), input=data, capture_output=True, env=environment)
    output = done.stdout.decode(errors="replace")
    if done.returncode:
        words = output[-3000:] + done.stderr.decode(errors="replace")[-3000:]
        raise ToolError(f"{command[0]} ended with {done.returncode}:\n{words}")
    return output


def words(text: str) -> tuple[str, ...]:
    """The words of a text: long lists read better so."""
    return tuple(text.split())

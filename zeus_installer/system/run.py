"""The one way to run a program: logged, redacted, never through a shell, failures as sentences."""

import logging
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.secrets import redact

log = logging.getLogger(__name__)

# Messages of programs are shown to users and matched by us: always the C locale, always UTF-8.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
_TAIL_LINES = 12


def run(
    argv: Sequence[str | Path],
    *,
    stdin: str | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float | None = None,
    ok: Sequence[int] = (0,),
) -> subprocess.CompletedProcess[str]:
    """Run `argv` and return what it said.

    `stdin` is the way to hand over a secret: arguments are visible in the process list. An exit status outside of `ok`,
    a missing program and a `timeout` (seconds) are `ZeusError`s with the end of the program's own words.
    """
    words = [str(word) for word in argv]
    shown = redact(shlex.join(words))
    log.debug("run: %s", shown)
    try:
        result = subprocess.run(
            words,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, **_ENVIRONMENT, **(environment or {})},
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise ZeusError(
            "run.missing", f"{words[0]} is not installed", hint=f"install {words[0]} and try again"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ZeusError("run.timeout", f"{shown}: no end after {timeout:g} s") from error
    log.debug("run: %s: exit status %d", words[0], result.returncode)
    if result.returncode not in ok:
        raise ZeusError("run.failed", f"{shown}: {_how_it_ended(result.returncode)}{_tail(result)}")
    return result


def _how_it_ended(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"exit status {status}"


def _tail(result: subprocess.CompletedProcess[str]) -> str:
    lines = (result.stderr.strip() or result.stdout.strip()).splitlines()[-_TAIL_LINES:]
    return "".join(f"\n  {redact(line)}" for line in lines)

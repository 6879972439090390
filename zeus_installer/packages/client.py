"""Asking the child process: an order goes in, events come and are passed on, an answer or a `ZeusError` comes out.

`python` is the command of another Python than our own, for a package manager that only that one knows.
"""

import base64
import json
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, cast

from zeus_installer.packages.child import Order
from zeus_installer.packages.offline import OfflineSet
from zeus_installer.packages.port import Action, Outcome, Request, Resolution
from zeus_installer.packages.problems import problem
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Kind, Reporter
from zeus_installer.system.own import start_own
from zeus_installer.system.secrets import redact

_TAIL_LINES = 8


def resolve(request: Request, report: Reporter, *, python: Sequence[str] = ()) -> Outcome:
    """Find out what `request` comes to; with `request.scratch` nothing else is written."""
    return _ask(Order(action=Action.RESOLVE, request=request), report, python)


def download(request: Request, report: Reporter, *, python: Sequence[str] = ()) -> Outcome:
    """Fetch what `request` comes to into the cache that `install` takes it from, and check who signed it.

    The target is not changed otherwise: nothing is installed and no key is trusted.
    """
    return _ask(Order(action=Action.DOWNLOAD, request=request), report, python)


def collect(request: Request, report: Reporter, *, python: Sequence[str] = ()) -> OfflineSet | None:
    """Put what `request` comes to into `request.collect` as an offline set; None when it comes to nothing."""
    answer = _answer(Order(action=Action.COLLECT, request=request), report, python)
    return decode(OfflineSet, answer["collected"]) if "collected" in answer else None


def install(request: Request, report: Reporter, *, python: Sequence[str] = ()) -> Outcome:
    """Carry `request` out, and tell what was done. The `Record` of it is begun, not finished."""
    return _ask(Order(action=Action.INSTALL, request=request), report, python)


def _ask(order: Order, report: Reporter, python: Sequence[str]) -> Outcome:
    answer = _answer(order, report, python)
    keys = {url: base64.b64decode(key) for url, key in answer["keys"].items()}
    resolution = decode(Resolution, answer["resolution"])
    return Outcome(resolution=resolution, keys=keys, unchecked=tuple(answer.get("unchecked", ())))


def _answer(order: Order, report: Reporter, python: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryFile("w+", errors="replace") as words:
        child = start_own("packages.child", stderr=words, python=python)
        try:
            answer, last = _converse(child, order, report)
        except BaseException:
            # While it downloads this ends it; while rpm runs it is deaf to it, and we wait.
            child.terminate()
            raise
        finally:
            status = child.wait()
        if "error" in answer:
            raise ZeusError(**answer["error"])
        if status:
            words.seek(0)
            raise _crash(status, last, words.read())
    return answer


def _converse(child: subprocess.Popen[str], order: Order, report: Reporter) -> tuple[dict[str, Any], str]:
    """Send the order and pass events on; give the answers by kind and what was being done last."""
    answers: dict[str, Any] = {}
    last = "starting"
    to_child, from_child = cast("IO[str]", child.stdin), cast("IO[str]", child.stdout)
    with from_child:
        with suppress(BrokenPipeError), to_child:
            json.dump(encode(order), to_child)
        for line in from_child:
            if not line.endswith("\n"):
                break  # it died in the middle of a line
            ((kind, content),) = json.loads(line).items()
            if kind == "event":
                event = Event.from_line(json.dumps(content))
                last = event.title if event.kind is Kind.LOG or not event.path else f"{event.path}: {event.title}"
                report.forward(event)
            else:
                answers[kind] = content
    return answers, last


def _crash(status: int, last: str, words: str) -> ZeusError:
    how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
    tail = "".join(f"\n  {redact(line)}" for line in words.strip().splitlines()[-_TAIL_LINES:])
    return problem("packages.crashed", f"the package manager's process {how} ({last}){tail}")

"""The process that does the test: `python -m zeus_installer.network_test` with an `Order` on standard input.

It answers on standard output with one JSON object a line: `{"event": ...}`, `{"finding": ...}`, and `{"broken": ...}`
when it could not go on. It tidies up by itself when it is asked to end, and when its parent has gone.
"""

import json
import signal
import sys
from contextlib import ExitStack
from types import FrameType
from typing import NoReturn

from zeus_installer.checks.model import Finding
from zeus_installer.network_test.journey import Order, travel
from zeus_installer.network_test.namespaces import PrivateNetwork, end_with
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Reporter

_GRACE = 3  # seconds for what does not look at the clock


def main() -> int:
    """Carry out the order on standard input."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGALRM, _late)
    order = decode(Order, json.loads(sys.stdin.read()))
    end_with(order.parent)
    signal.alarm(int(order.seconds) + _GRACE)
    try:
        with ExitStack() as stack:
            try:
                travel(order, PrivateNetwork(), stack, _say_finding, Reporter(_say_event, run="network"))
            finally:
                _be_deaf()
    except ZeusError as error:
        _say("broken", error.message)
        return 1
    except OSError as error:
        _say("broken", error.strerror or "the network could not be used")
        return 1
    return 0


def _say_finding(finding: Finding) -> None:
    _say("finding", encode(finding))


def _say_event(event: Event) -> None:
    _say("event", json.loads(event.to_line()))


def _say(kind: str, content: object) -> None:
    try:
        print(json.dumps({kind: content}), flush=True)
    except BrokenPipeError:
        # Nobody listens any more: end as if asked to.
        _end(signal.SIGTERM, None)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    _be_deaf()
    raise SystemExit(1)


def _late(_number: int, _frame: FrameType | None) -> NoReturn:
    _be_deaf()
    raise ZeusError("network.time", "the test took too long")


def _be_deaf() -> None:
    """Nothing may stop the tidying up."""
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())

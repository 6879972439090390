"""How the worker ends before its work does: a signal, or nobody reads any more. Both unwind what is under way.

Unwinding is what ends the processes that the work has started.
"""

import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_KILLED: Final = 128


def obey_signals() -> None:
    """End on the first signal; further ones do not disturb the unwinding."""
    for number in _SIGNALS:
        signal.signal(number, _end)


def end_with_reader(descriptor: int) -> None:
    """End when the pipe `descriptor` has lost its reader, whatever the work waits for."""
    threading.Thread(target=_watch, args=(descriptor, threading.get_ident()), name="reader", daemon=True).start()


@contextmanager
def put_off() -> Iterator[None]:
    """Put signals off while something must not be left half done."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        _end(came[0], None)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    for other in _SIGNALS:
        # Not SIG_IGN: programs that are started would inherit it.
        signal.signal(other, lambda _number, _frame: None)
    raise SystemExit(_KILLED + number)


def _watch(descriptor: int, main: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)
    poll.poll()
    signal.pthread_kill(main, signal.SIGTERM)

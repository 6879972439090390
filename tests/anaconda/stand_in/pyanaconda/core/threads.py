"""Work beside the main loop."""

import threading
from collections.abc import Callable
from functools import partial

from gi.repository import GLib


def in_main_thread() -> bool:
    """Whether the caller may touch what belongs to the main loop."""
    return threading.current_thread() is threading.main_thread()


def call_in_main_thread(function: Callable[..., object], *args: object) -> None:
    """Call at once in the main thread, else as soon as its loop is idle, without waiting."""
    if in_main_thread():
        function(*args)
    else:
        GLib.idle_add(_once, partial(function, *args))


def _once(function: Callable[[], object]) -> bool:
    function()
    return False

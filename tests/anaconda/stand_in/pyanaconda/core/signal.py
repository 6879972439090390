"""Signals of Python objects."""

from collections.abc import Callable
from inspect import ismethod
from typing import Any
from weakref import WeakMethod

Slot = Callable[..., object]


class Signal:
    """Calls what was connected.

    Functions are kept alive, methods are not: they go with their object, silently (pyanaconda/core/signal.py).
    """

    def __init__(self) -> None:
        self._functions: list[Slot] = []
        self._methods: list[WeakMethod[Slot]] = []

    def connect(self, slot: Slot) -> None:
        """Call `slot` from now on, once an emission however often it was connected."""
        self.disconnect(slot)
        if ismethod(slot):
            self._methods.append(WeakMethod(slot))
        else:
            self._functions.append(slot)

    def disconnect(self, slot: Slot) -> None:
        """Do not call `slot` any more."""
        self._functions = [function for function in self._functions if function != slot]
        self._methods = [method for method in self._methods if method() not in (slot, None)]

    def clear(self) -> None:
        """Call nothing any more."""
        self._functions.clear()
        self._methods.clear()

    def emit(self, *args: Any, **kwargs: Any) -> None:
        """Functions first, then methods."""
        living = [method() for method in self._methods]
        for slot in [*self._functions, *filter(None, living)]:
            slot(*args, **kwargs)

"""Network namespaces and the tie to the parent process, by the C library: Python has them only since 3.12."""

import ctypes
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_CLONE_NEWNET = 0x40000000  # linux/sched.h
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_OURS = "/proc/thread-self/ns/net"


class PrivateNetwork:
    """A new, empty network namespace, which the process then is in. It ends with the process, however that ends."""

    def __init__(self) -> None:
        """Leave the network of the machine; an OSError where the kernel does not let us."""
        self._machine = os.open(_OURS, os.O_RDONLY | os.O_CLOEXEC)
        _call("unshare", _CLONE_NEWNET)
        self._private = os.open(_OURS, os.O_RDONLY | os.O_CLOEXEC)

    @property
    def path(self) -> str:
        """The private namespace as a file, for programs that run outside of it."""
        return f"/proc/{os.getpid()}/fd/{self._private}"

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Be in the network of the machine for a while."""
        _call("setns", self._machine, _CLONE_NEWNET)
        try:
            yield
        finally:
            _call("setns", self._private, _CLONE_NEWNET)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Be where one is: the counterpart of `outside`."""
        yield


def set_sysctl(key: str, value: str) -> bool:
    """Set a value of the namespace that the process is in; False when this kernel has no such key."""
    try:
        Path("/proc/sys/net", key).write_text(value)
    except FileNotFoundError:
        return False
    return True


def end_with(parent: int) -> None:
    """Ask the kernel for a SIGTERM as soon as the parent ends, even by SIGKILL."""
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int) -> None:
    # Through a vararg prctl() the kernel reads five full words.
    if getattr(_library(), name)(*(ctypes.c_ulong(argument) for argument in arguments)) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

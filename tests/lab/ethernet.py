"""An Ethernet of the lab's own: a network namespace with a bridge, a tap for each machine, and the servers' addresses.

Nothing of this machine's own network is touched, and nothing leads out.
"""

import contextlib
import ctypes
import itertools
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.lab.machine import HOST_ADDRESS, MIRROR_ADDRESS
from tests.lab.tools import run

BRIDGE: Final = "lan0"
CLONE_NEWNET: Final = 0x40000000
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ethernet:
    """A namespace; HOST_ADDRESS and MIRROR_ADDRESS are on its bridge, `taps` are for machines."""

    namespace: str
    taps: Sequence[str]

    def command(self, *words: str | Path) -> list[str]:
        """A command as it runs in there."""
        return ["ip", "netns", "exec", self.namespace, *map(str, words)]

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let this thread make its sockets in there. Those that are open stay where they are."""
        with Path("/proc/thread-self/ns/net").open() as before:
            with Path("/run/netns", self.namespace).open() as there:
                enter(there.fileno())
            try:
                yield
            finally:
                enter(before.fileno())


def enter(descriptor: int) -> None:
    """Move this thread into a network namespace: setns(2), which Python has from 3.12 on."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(descriptor, CLONE_NEWNET):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


@contextmanager
def ethernet(taps: int) -> Iterator[Ethernet]:
    """Make one, with so many taps; it is gone with the context."""
    name = f"zeus-lab-{os.getpid()}-{next(_numbers)}"
    made = Ethernet(namespace=name, taps=[f"tap{number}" for number in range(taps)])
    run(["ip", "netns", "add", name])
    try:
        for words in commands(made):
            run(["ip", "-n", name, *words.split()])
        yield made
    finally:
        with contextlib.suppress(subprocess.SubprocessError):
            run(["ip", "netns", "delete", name])


def commands(made: Ethernet) -> Iterator[str]:
    """What `ip` is told. Nobody waits for a spanning tree, nor for IPv6."""
    yield "link set lo up"
    yield f"link add {BRIDGE} type bridge stp_state 0 forward_delay 0"
    for address in (HOST_ADDRESS, MIRROR_ADDRESS):
        yield f"address add {address}/24 dev {BRIDGE}"
    yield f"link set {BRIDGE} up"
    for tap in made.taps:
        yield f"tuntap add {tap} mode tap"
        yield f"link set {tap} master {BRIDGE} up"

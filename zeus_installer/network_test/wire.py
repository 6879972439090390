"""Packets on an interface: sent to everybody on the wire, and received until a deadline."""

import select
import socket
from collections.abc import Iterator
from contextlib import suppress

from zeus_installer.network_test.deadline import Deadline

IPV4, ARP = 0x0800, 0x0806
_EVERYBODY = b"\xff" * 6
_LARGEST = 65535


class Wire:
    """A packet socket for one protocol, in the network namespace in which it is made."""

    def __init__(self, interface: str, protocol: int) -> None:
        self._interface = interface
        self._protocol = protocol
        # Protocol 0 hears nothing, so nothing of other interfaces before it is bound to this one.
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self._socket.bind((interface, protocol))
        self._socket.setblocking(False)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def shout(self, packet: bytes) -> None:
        """Send to everybody. What the interface cannot send now is lost, as it can be on the way."""
        with suppress(OSError):
            self._socket.sendto(packet, (self._interface, self._protocol, 0, 0, _EVERYBODY))

    def heard(self, deadline: Deadline) -> Iterator[bytes]:
        """Give what comes in until the deadline, without what goes out."""
        while not deadline.over:
            if not select.select([self._socket], [], [], deadline.left)[0]:
                return
            try:
                packet, source = self._socket.recvfrom(_LARGEST)
            except OSError:  # the link went away, or came back
                continue
            if source[2] != socket.PACKET_OUTGOING:
                yield packet

"""The way onto the wire: the NIC is up for as long as the test takes, and a macvlan on it is in the private network."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.iproute import Link, ip, link, vlan_on
from zeus_installer.network_test.namespaces import PrivateNetwork, set_sysctl
from zeus_installer.system.errors import ZeusError

_MACVLAN, _VLAN = "port", "tagged"  # names in the private network
_LOOK_AGAIN = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a part of the test happens: an interface, and how to be in the network namespace that has it.

    `ours`: it is there for the test only and can be changed; nothing of the machine's can. `borrowed`: its hardware
    address is not the NIC's own, so that whoever knows the NIC does not know us.
    """

    interface: str
    mac: str
    enter: Callable[[], AbstractContextManager[None]]
    ours: bool = True
    borrowed: bool = False

    @property
    def mac_bytes(self) -> bytes:
        """The hardware address as packets have it."""
        return bytes.fromhex(self.mac.replace(":", ""))


@contextmanager
def woken(network: PrivateNetwork, names: Sequence[str]) -> Iterator[frozenset[str]]:
    """Set those up that are down, and down again afterwards; gives their names."""
    with network.outside():
        found = [link(name) for name in names]
    asleep = [one.name for one in found if one is not None and not one.up]
    try:
        with network.outside():
            for name in asleep:
                ip("link", "set", "dev", name, "up")
        yield frozenset(asleep)
    finally:
        with network.outside():
            put_to_sleep(asleep)


def put_to_sleep(names: Sequence[str]) -> None:
    """Set interfaces down."""
    for name in names:
        with suppress(ZeusError):  # it was pulled out
            ip("link", "set", "dev", name, "down")


def wait_for_links(network: PrivateNetwork, names: Sequence[str], deadline: Deadline) -> dict[str, Link | None]:
    """Give the interfaces as they are once all of them have a carrier, or when time is over."""
    while True:
        with network.outside():
            found = {name: link(name) for name in names}
        if deadline.over or all(one is None or one.carrier for one in found.values()):
            return found
        time.sleep(_LOOK_AGAIN)


@contextmanager
def opened(network: PrivateNetwork, nic: str, *, idle: bool, vlan: int | None) -> Iterator[Place]:
    """Make the macvlan on the NIC, with the VLAN on it. A NIC that cannot carry one is a `ZeusError`.

    An `idle` NIC lends its own hardware address: switches and DHCP servers then see what they will see later. One that
    is in use keeps it, and all of its traffic.
    """
    with network.outside():
        ours = vlan_on(nic, vlan) if vlan is not None else None
        _add_macvlan(network, ours or nic, mode=("passthru", "nopromisc") if idle else ("bridge",))
    try:
        set_sysctl("ipv4/conf/all/rp_filter", "0")
        set_sysctl("ipv6/conf/all/accept_dad", "1")
        interface = _MACVLAN
        if vlan is not None and ours is None:
            interface = _VLAN
            _add_vlan(nic, vlan)
        set_sysctl(f"ipv4/conf/{interface}/rp_filter", "0")
        found = link(interface)
        if found is None:
            raise ZeusError("network.port", f"{interface} has gone", hint="test again")
        yield Place(interface=interface, mac=found.mac, enter=network.inside, borrowed=not idle)
    finally:
        with suppress(ZeusError):
            ip("link", "delete", "dev", _MACVLAN)


def _add_macvlan(network: PrivateNetwork, nic: str, *, mode: Sequence[str]) -> None:
    found = link(nic)
    if found is not None and found.master is not None:
        raise ZeusError(
            "network.port",
            f"{nic} is a port of {found.master}, which takes all that comes in",
            hint=f"take {nic} out of {found.master}, or choose another NIC",
        )
    try:
        words = ("link", nic, "netns", network.path, "type", "macvlan", "mode", *mode)
        ip("link", "add", "name", _MACVLAN, *words)
    except ZeusError as error:
        hint = "load the kernel module macvlan, and see that nothing else holds the NIC"
        raise ZeusError("network.port", f"{nic} carries no macvlan: {_last(error)}", hint=hint) from error


def _add_vlan(nic: str, number: int) -> None:
    # The NIC's own untagged network is none of our business.
    set_sysctl(f"ipv6/conf/{_MACVLAN}/disable_ipv6", "1")
    try:
        ip("link", "set", "dev", _MACVLAN, "up")
        ip("link", "add", "name", _VLAN, "link", _MACVLAN, "type", "vlan", "id", str(number))
    except ZeusError as error:
        hint = "load the kernel module 8021q"
        raise ZeusError("network.port", f"{nic} carries no VLAN {number}: {_last(error)}", hint=hint) from error


def _last(error: ZeusError) -> str:
    """The program's own last words."""
    return error.message.splitlines()[-1].strip()

"""The address of answers by DHCP: option 224, one of those that a site defines for itself (RFC 3942).

We ask with a DISCOVER of our own on every NIC that has a link, and take no lease: what the servers offer is looked at
and left. Only an address is taken from it.
"""

import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from zeus_installer.answer_sources.search import Search
from zeus_installer.machine.tree import Tree
from zeus_installer.network_test import datagrams, dhcp
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dhcp import Reply, Type
from zeus_installer.network_test.malformed import MalformedError
from zeus_installer.network_test.wire import IPV4, Wire
from zeus_installer.system.errors import UsageError, sentence_list
from zeus_installer.web.places import shown, split

OPTION: Final = 224
_CLIENT, _SERVER = 68, 67
_NOWHERE, _EVERYWHERE = IPv4Address(0), IPv4Address(0xFFFFFFFF)
_PAUSES: Final = (1.0, 2.0, 3.0)
_NET: Final = "sys/class/net"
_ETHERNET: Final = 1  # ARPHRD_ETHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came on one NIC: who offered something, and the option's bytes (empty: nobody sent it)."""

    nic: str
    server: IPv4Address | None = None
    option: bytes = b""


def address_by_dhcp(search: Search, source: str) -> str | None:
    """Give the address, None when nobody names one. Something else than a web address is a `UsageError`."""
    if not search.target.is_running_system or os.geteuid() != 0:
        search.note(source, "not asked: that takes root")
        return None
    nics = _nics(search)
    if not nics:
        search.note(source, "not asked: no NIC has a link")
        return None
    with ThreadPoolExecutor(len(nics)) as pool:
        heard = list(pool.map(_ask, nics))
    told = [one for one in heard if one.option]
    if not told:
        servers = sentence_list(dict.fromkeys(str(one.server) for one in heard if one.server is not None))
        seen = f"{servers} offers no option {OPTION}" if servers else "no server answers"
        search.note(source, f"{seen} (asked on {sentence_list(one.nic for one in heard)})")
        return None
    first = told[0]
    url = _url(first)
    search.note(source, f"{first.server} names {shown(url)} (on {first.nic})")
    return url


def _url(heard: Heard) -> str:
    """Read the option: ASCII, some servers end it with a NUL."""
    text = heard.option.rstrip(b"\0").decode("ascii", errors="replace")
    try:
        split(text)
    except UsageError as error:
        message = f"DHCP option {OPTION} of {heard.server}, on {heard.nic}, is no web address"
        hint = "let the server send https://HOST/PATH/ and nothing else, or not send it"
        raise UsageError("answers.dhcp", message, hint=hint) from error
    return text


def _nics(search: Search) -> Sequence[tuple[str, bytes]]:
    """Give the Ethernet interfaces with a link that stand on no others, the one of the boot first."""
    tree = Tree(search.target.root)
    found = [(name, mac) for name in tree.names(_NET) if (mac := _usable(tree, name)) is not None]
    boot = search.words.boot_mac
    return sorted(found, key=lambda nic: nic[1].hex(":") != boot)


def _usable(tree: Tree, name: str) -> bytes | None:
    where = f"{_NET}/{name}"
    # What stands on other interfaces names its kind (linux/netdevice.h, SET_NETDEV_DEVTYPE); a tunnel has its flags.
    made = "DEVTYPE=" in (tree.text(f"{where}/uevent") or "") or tree.exists(f"{where}/tun_flags")
    if made or tree.number(f"{where}/type") != _ETHERNET or not tree.flag(f"{where}/carrier"):
        return None
    try:
        return bytes.fromhex((tree.line(f"{where}/address") or "").replace(":", "")) or None
    except ValueError:
        return None


def _ask(nic: tuple[str, bytes]) -> Heard:
    """Ask on one NIC until a server answers, three times at most."""
    name, mac = nic
    transaction = secrets.randbits(32)
    server = None
    try:
        with Wire(name, IPV4) as wire:
            for elapsed, pause in enumerate(_PAUSES):
                question = dhcp.write(
                    Type.DISCOVER, transaction=transaction, mac=mac, elapsed=elapsed, also=bytes([OPTION])
                )
                wire.shout(datagrams.wrap(question, source=(_NOWHERE, _CLIENT), target=(_EVERYWHERE, _SERVER)))
                for packet in wire.heard(Deadline(pause)):
                    offer = _read(packet, transaction, mac)
                    if offer is not None and offer[1]:
                        return Heard(nic=name, server=offer[0].server, option=offer[1])
                    server = offer[0].server if offer is not None else server
                if server is not None:
                    break
    except OSError:  # the link went away
        pass
    return Heard(nic=name, server=server)


def _read(packet: bytes, transaction: int, mac: bytes) -> tuple[Reply, bytes] | None:
    try:
        _, content = datagrams.unwrap(packet, port=_CLIENT)
        reply = dhcp.read(content, transaction=transaction, mac=mac)
        return (reply, dhcp.read_option(content, OPTION)) if reply.type is Type.OFFER else None
    except MalformedError:
        return None

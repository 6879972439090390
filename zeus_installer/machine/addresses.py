"""Which addresses the interfaces have, from /proc/net: it needs no program, and recordings have it.

IPv6 is listed plainly (if_inet6). For IPv4 the kernel lists its own addresses (fib_trie) and the routes (route)
apart: an address belongs to the interface of the directly connected network that it lies in.
"""

import ipaddress
import re
import struct

from zeus_installer.machine.tree import Tree, whole_number

_LEAF = re.compile(r"\|-- ([0-9.]+)\s*$")
_LOCAL = re.compile(r"/32 host LOCAL\s*$")
_IF_INET6 = re.compile(r"^([0-9a-f]{32}) [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ [0-9a-f]+ +(\S+)$", re.MULTILINE)
_ROUTE_FIELDS = 8


def probe_addresses(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Give the addresses with their prefix length, by interface; loopback has none here."""
    found: dict[str, list[str]] = {}
    networks = parse_connected(tree.text("proc/net/route") or "")
    for address in parse_local(tree.text("proc/net/fib_trie") or ""):
        home = max(
            ((net, name) for name, net in networks if address in net), default=None, key=lambda pair: pair[0].prefixlen
        )
        if home is not None:
            found.setdefault(home[1], []).append(f"{address}/{home[0].prefixlen}")
    for name, text in parse_if_inet6(tree.text("proc/net/if_inet6") or ""):
        found.setdefault(name, []).append(text)
    return {name: tuple(addresses) for name, addresses in found.items() if name != "lo"}


def parse_local(text: str) -> tuple[ipaddress.IPv4Address, ...]:
    """Give the machine's own addresses in /proc/net/fib_trie."""
    local: list[ipaddress.IPv4Address] = []
    address: ipaddress.IPv4Address | None = None
    for line in text.splitlines():
        if leaf := _LEAF.search(line):
            address = _ipv4(leaf[1])
        elif _LOCAL.search(line) and address is not None and address not in local:
            local.append(address)
    return tuple(local)


def parse_connected(text: str) -> tuple[tuple[str, ipaddress.IPv4Network], ...]:
    """Give interface and network of the routes in /proc/net/route that need no gateway."""
    networks: list[tuple[str, ipaddress.IPv4Network]] = []
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) < _ROUTE_FIELDS or words[2].strip("0"):
            continue
        numbers = [whole_number(words[column], base=16) for column in (1, 7)]
        try:
            network, mask = (ipaddress.IPv4Address(struct.pack("<I", number)) for number in numbers)
            networks.append((words[0], ipaddress.IPv4Network(f"{network}/{mask}")))
        except (struct.error, ValueError):
            continue
    return tuple(networks)


def parse_if_inet6(text: str) -> tuple[tuple[str, str], ...]:
    """Give interface and address with prefix length of each line of /proc/net/if_inet6."""
    rows = _IF_INET6.findall(text)
    return tuple((name, f"{ipaddress.IPv6Address(int(digits, 16))}/{int(prefix, 16)}") for digits, prefix, name in rows)


def _ipv4(text: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        return None

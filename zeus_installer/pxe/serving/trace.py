"""What a machine does before it can report: seen in what dnsmasq and nginx say. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Final

from zeus_installer.machine.tree import printable

_ADDRESS_GIVEN: Final = re.compile(r"DHCPACK\(\S+\) (?P<address>[\d.]+) (?P<mac>[0-9a-f:]{17})")
_SENT: Final = re.compile(r"dnsmasq-tftp\[\d+\]: sent (?P<path>.+) to (?P<address>[\d.]+)$")

# GRUB's modules and their lists: dozens, which tell nothing.
_DULL: Final = (".mod", ".lst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A machine that got something: known by its address, and by its MAC when dnsmasq gave the address."""

    address: str
    what: str
    mac: str | None = None
    path: str | None = None


def of_dnsmasq(line: str, tree: str) -> Sighting | None:
    """Read a line of dnsmasq's; `tree` is the directory that it serves."""
    if match := _ADDRESS_GIVEN.search(line):
        return Sighting(address=match["address"], mac=match["mac"], what="has got an address")
    if match := _SENT.search(line):
        return _got(match["address"], match["path"].removeprefix(tree))
    return None


def of_nginx(line: str, prefix: str) -> Sighting | None:
    """Read a line of nginx's log of requests; `prefix` is the path that the tree is below."""
    try:
        data = json.loads(line)
        address, path, status = data["address"], data["path"], data["status"]
    except (ValueError, KeyError, TypeError):
        return None
    if status not in (200, 206) or not isinstance(path, str) or not isinstance(address, str):
        return None
    return _got(address, path.removeprefix(prefix))


def _got(address: str, path: str) -> Sighting | None:
    shown = path.lstrip("/")
    return None if shown.endswith(_DULL) else Sighting(address=address, path=shown, what=f"has got {printable(shown)}")

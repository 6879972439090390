"""network: the create and destroy that check the bridge's name."""

from typing import Any

from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.xapi import Xapi

_RESERVED_PREFIXES = ("xen", "xapi", "vif", "tap", "eth")
_LONGEST_NAME = 15
_DEFAULT_MTU = 1500


def create(xapi: Xapi, record: dict[str, Any]) -> str:
    """Add a network; without a bridge name the next free `xapi<N>` is taken."""
    bridge = record.get("bridge", "")
    if bridge:
        if bridge.startswith(_RESERVED_PREFIXES) or len(bridge) > _LONGEST_NAME:
            raise XapiError("INVALID_VALUE", "bridge", bridge)
        if xapi.db.where("network", bridge=bridge):
            raise XapiError("BRIDGE_NAME_EXISTS", bridge)
    mtu = record.get("MTU", _DEFAULT_MTU)
    return xapi.db.create(
        "network",
        {**record, "bridge": bridge or _free_bridge(xapi), "MTU": mtu if mtu > 0 else _DEFAULT_MTU},
    )


def _free_bridge(xapi: Xapi) -> str:
    taken = {xapi.db.field("network", ref, "bridge") for ref in xapi.db.refs("network")}
    number = 0
    while f"xapi{number}" in taken:
        number += 1
    return f"xapi{number}"


def destroy(xapi: Xapi, ref: str) -> None:
    """Remove a network that no PIF is on."""
    if pifs := xapi.db.where("PIF", network=ref):
        raise XapiError("NETWORK_CONTAINS_PIF", *pifs)
    xapi.db.delete("network", ref)

"""The management interface: which PIF it is, what address it has, and where HTTPS listens because of it.

Rules: xen-api's xapi_host.ml (management_reconfigure), xapi_mgmt_iface.ml, xapi_pif.ml (start_of_day).
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

from tests.lab.xapi.effects.ports import Address, Addressing
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.identity import read_inventory, write_inventory_key
from tests.lab.xapi.types import NULL_REF
from tests.lab.xapi.xapi import Xapi

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


def bridge_of(xapi: Xapi, pif: Mapping[str, Any]) -> str:
    """The bridge of the network that a PIF is on."""
    bridge: str = xapi.db.field("network", pif["network"], "bridge")
    return bridge


def current_bridge(xapi: Xapi) -> str:
    """The inventory's MANAGEMENT_INTERFACE: empty when there is none."""
    return read_inventory(xapi.paths.inventory)["MANAGEMENT_INTERFACE"]


def bring_up(xapi: Xapi, ref: str) -> None:
    """Make the PIF's bridge with the PIF's addressing; the address may come later."""
    pif = xapi.db.record("PIF", ref)
    addressing = Addressing(
        mode=pif["ip_configuration_mode"],
        ip=pif["IP"],
        netmask=pif["netmask"],
        gateway=pif["gateway"],
        dns=[server for server in pif["DNS"].split(",") if server],
    )
    with xapi.network_lock:
        xapi.network.up(bridge_of(xapi, pif), pif["device"], addressing)
    xapi.db.update("PIF", ref, currently_attached=True)


def take_down(xapi: Xapi, ref: str) -> None:
    """Take the PIF's bridge away."""
    pif = xapi.db.record("PIF", ref)
    with xapi.network_lock:
        xapi.network.down(bridge_of(xapi, pif), pif["device"])
    xapi.db.update("PIF", ref, currently_attached=False)


def note_address(xapi: Xapi, ref: str) -> None:
    """Write a leased address into the PIF."""
    pif = xapi.db.record("PIF", ref)
    address = xapi.network.address(bridge_of(xapi, pif))
    if address and pif["ip_configuration_mode"] == "DHCP":
        xapi.db.update(
            "PIF", ref, IP=address.ip, netmask=address.netmask, gateway=address.gateway, DNS=",".join(address.dns)
        )


def reconfigure(xapi: Xapi, ref: str) -> None:
    """Make the PIF the management interface. Does nothing when it is already; else HTTPS moves and its clients drop."""
    pif = xapi.db.record("PIF", ref)
    if pif["managed"]:
        if pif["bond_slave_of"] != NULL_REF:
            raise XapiError("CANNOT_PLUG_BOND_SLAVE", ref)
        if pif["primary_address_type"] == "IPv4" and pif["ip_configuration_mode"] == "None":
            raise XapiError("PIF_HAS_NO_NETWORK_CONFIGURATION", ref)
        if pif["primary_address_type"] == "IPv6" and pif["ipv6_configuration_mode"] == "None":
            raise XapiError("PIF_HAS_NO_V6_NETWORK_CONFIGURATION", ref)
    if pif["management"] and current_bridge(xapi) == bridge_of(xapi, pif):
        return
    bring_up(xapi, ref)
    bridge = bridge_of(xapi, pif)
    if _wait_for_address(xapi, bridge, until=time.monotonic() + xapi.address_timeout) is None:
        raise XapiError("INTERFACE_HAS_NO_IP", bridge)
    for other in xapi.db.where("PIF", management=True):
        xapi.db.update("PIF", other, management=other == ref)
    xapi.db.update("PIF", ref, management=True)
    write_inventory_key(xapi.paths.inventory, "MANAGEMENT_INTERFACE", bridge)
    write_inventory_key(xapi.paths.inventory, "MANAGEMENT_ADDRESS_TYPE", pif["primary_address_type"])
    note_address(xapi, ref)
    serve_on(xapi, bridge)


def disable(xapi: Xapi) -> None:
    """Have no management interface: only the unix socket stays."""
    for ref in xapi.db.where("PIF", management=True):
        xapi.db.update("PIF", ref, management=False)
    write_inventory_key(xapi.paths.inventory, "MANAGEMENT_INTERFACE", "")
    xapi.db.update("host", xapi.host, address="")
    xapi.rebind(None)


def serve_on(xapi: Xapi, bridge: str) -> None:
    """Listen for HTTPS on the bridge's address."""
    address = xapi.network.address(bridge)
    xapi.db.update("host", xapi.host, address=address.ip if address else "")
    xapi.rebind(address.ip if address else None)


def start_of_day(xapi: Xapi) -> None:
    """Bring up every PIF that was up or is to have an address; one that fails is logged and left.

    A management PIF without a mode has its bridge from networkd's first start.
    """
    for ref in xapi.db.refs("PIF"):
        pif = xapi.db.record("PIF", ref)
        wanted = pif["ip_configuration_mode"] != "None" or (pif["currently_attached"] and not pif["management"])
        if pif["managed"] and wanted:
            try:
                bring_up(xapi, ref)
            except XapiError as error:
                log.warning("%s: %s", pif["device"], error.description)
                xapi.db.update("PIF", ref, currently_attached=False)


def wait_for_management(xapi: Xapi) -> None:
    """Wait, for ever, for the management interface to have an address; without such an interface, return at once."""
    bridge = current_bridge(xapi)
    if not bridge:
        return
    log.info("waiting for an address on %s, for ever", bridge)
    _wait_for_address(xapi, bridge, until=None)
    for ref in xapi.db.where("PIF", management=True):
        note_address(xapi, ref)
    serve_on(xapi, bridge)


def _wait_for_address(xapi: Xapi, bridge: str, *, until: float | None) -> Address | None:
    while (address := xapi.network.address(bridge)) is None and (until is None or time.monotonic() < until):
        time.sleep(_POLL_SECONDS)
    return address

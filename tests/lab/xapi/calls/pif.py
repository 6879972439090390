"""PIF: physical interfaces, found and configured. VLANs and bonds are not served yet."""

import ipaddress
import re

from tests.lab.xapi import management
from tests.lab.xapi.effects.ports import Nic
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.identity import read_inventory
from tests.lab.xapi.xapi import Call, Handlers, Xapi

_MAC = re.compile(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\Z")
_ETH = re.compile(r"eth(\d+)\Z")


def scan(xapi: Xapi, call: Call) -> None:
    """Add a PIF for each new physical interface; never remove one."""
    with xapi.network_lock:
        for nic in xapi.network.nics():
            known = xapi.db.where("PIF", device=nic.device, physical=True)
            if not known:
                known = [_introduce(xapi, call["host"], nic)]
            for ref in known:
                xapi.db.update("PIF_metrics", xapi.db.field("PIF", ref, "metrics"), carrier=nic.carrier)


def introduce(xapi: Xapi, call: Call) -> str:
    """Add the PIF of one interface, named by MAC."""
    if not _MAC.match(call["MAC"]):
        raise XapiError("MAC_INVALID", call["MAC"])
    nics = [nic for nic in xapi.network.nics() if nic.mac == call["MAC"].lower()]
    if not nics:
        raise XapiError("MAC_DOES_NOT_EXIST", call["MAC"])
    device = call["device"] or nics[0].device
    if xapi.db.where("PIF", device=device, physical=True):
        raise XapiError("DUPLICATE_PIF_DEVICE_NAME", device)
    return _introduce(xapi, call["host"], nics[0], managed=call.get("managed", True))


def _introduce(xapi: Xapi, host: str, nic: Nic, *, managed: bool = True) -> str:
    inventory = read_inventory(xapi.paths.inventory)
    bridge = bridge_name(nic.device)
    with xapi.db.batch():
        found = xapi.db.where("network", bridge=bridge)
        network = found[0] if found else _new_network(xapi, nic, bridge)
        return xapi.db.create(
            "PIF",
            {
                "device": nic.device,
                "MAC": nic.mac,
                "MTU": nic.mtu,
                "VLAN": -1,
                "physical": True,
                "managed": managed,
                "host": host,
                "network": network,
                "metrics": xapi.db.create("PIF_metrics", {"carrier": nic.carrier, "device_name": nic.device}),
                "management": bridge == inventory["MANAGEMENT_INTERFACE"],
                "currently_attached": bridge == inventory["MANAGEMENT_INTERFACE"],
                "primary_address_type": inventory["MANAGEMENT_ADDRESS_TYPE"],
            },
        )


def _new_network(xapi: Xapi, nic: Nic, bridge: str) -> str:
    label = f"Pool-wide network associated with {nic.device}"
    return xapi.db.create("network", {"name_label": label, "bridge": bridge, "MTU": nic.mtu})


def bridge_name(device: str) -> str:
    """`xenbr<N>` for `eth<N>`, else `br<device>`."""
    match = _ETH.match(device)
    return f"xenbr{match[1]}" if match else f"br{device}"


def reconfigure_ip(xapi: Xapi, call: Call) -> None:
    """Set how the PIF gets its IPv4 address; one that is up is plugged again at once."""
    ref, mode = call["self"], call["mode"]
    pif = xapi.db.record("PIF", ref)
    _assert_managed(ref, managed=pif["managed"])
    if mode == "Static":
        _assert_ip(call["IP"], "IP")
        _assert_ip(call["netmask"], "netmask")
    for name in ("IP", "netmask", "gateway"):
        if call[name]:
            _assert_ip(call[name], name)
    for server in call["DNS"].split(",") if call["DNS"] else ():
        _assert_ip(server, "DNS")
    if mode == "None" and pif["management"] and pif["primary_address_type"] == "IPv4":
        raise XapiError("PIF_IS_MANAGEMENT_INTERFACE", ref)
    given = {name: call[name] for name in ("IP", "netmask", "gateway", "DNS")}
    xapi.db.update("PIF", ref, ip_configuration_mode=mode, **given)
    if pif["currently_attached"]:
        management.bring_up(xapi, ref)
        management.note_address(xapi, ref)
        if pif["management"]:
            management.serve_on(xapi, management.bridge_of(xapi, pif))


def reconfigure_ipv6(xapi: Xapi, call: Call) -> None:
    """Set the IPv6 configuration: checked and kept, not applied to the machine."""
    ref = call["self"]
    pif = xapi.db.record("PIF", ref)
    _assert_managed(ref, managed=pif["managed"])
    if call["gateway"]:
        _assert_ip(call["gateway"], "gateway")
    if call["IPv6"]:
        try:
            ipaddress.IPv6Interface(call["IPv6"])
        except ValueError:
            raise XapiError("INVALID_CIDR_ADDRESS_SPECIFIED", "IPv6") from None
    if call["mode"] == "None" and pif["management"] and pif["primary_address_type"] == "IPv6":
        raise XapiError("PIF_IS_MANAGEMENT_INTERFACE", ref)
    address = [call["IPv6"]] if call["IPv6"] else []
    xapi.db.update("PIF", ref, ipv6_configuration_mode=call["mode"], IPv6=address, ipv6_gateway=call["gateway"])


def _assert_managed(ref: str, *, managed: bool) -> None:
    if not managed:
        raise XapiError("PIF_UNMANAGED", ref)


def _assert_ip(text: str, name: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise XapiError("INVALID_IP_ADDRESS_SPECIFIED", name) from None


def set_primary_address_type(xapi: Xapi, call: Call) -> None:
    _assert_not_management(xapi, call["self"])
    xapi.db.update("PIF", call["self"], primary_address_type=call["primary_address_type"])


def _assert_not_management(xapi: Xapi, ref: str) -> None:
    if xapi.db.field("PIF", ref, "management"):
        raise XapiError("PIF_IS_MANAGEMENT_INTERFACE", ref)


def plug(xapi: Xapi, call: Call) -> None:
    _assert_managed(call["self"], managed=xapi.db.field("PIF", call["self"], "managed"))
    management.bring_up(xapi, call["self"])
    management.note_address(xapi, call["self"])


def unplug(xapi: Xapi, call: Call) -> None:
    _assert_not_management(xapi, call["self"])
    if xapi.db.field("PIF", call["self"], "disallow_unplug"):
        raise XapiError("PIF_DOES_NOT_ALLOW_UNPLUG", call["self"])
    management.take_down(xapi, call["self"])


def forget(xapi: Xapi, call: Call) -> None:
    _assert_not_management(xapi, call["self"])
    pif = xapi.db.record("PIF", call["self"])
    if pif["currently_attached"]:
        management.take_down(xapi, call["self"])
    with xapi.db.batch():
        xapi.db.delete("PIF_metrics", pif["metrics"])
        xapi.db.delete("PIF", call["self"])


def set_disallow_unplug(xapi: Xapi, call: Call) -> None:
    xapi.db.update("PIF", call["self"], disallow_unplug=call["value"])


MESSAGES: Handlers = {
    "PIF.scan": scan,
    "PIF.introduce": introduce,
    "PIF.reconfigure_ip": reconfigure_ip,
    "PIF.reconfigure_ipv6": reconfigure_ipv6,
    "PIF.set_primary_address_type": set_primary_address_type,
    "PIF.plug": plug,
    "PIF.unplug": unplug,
    "PIF.forget": forget,
    "PIF.set_disallow_unplug": set_disallow_unplug,
}

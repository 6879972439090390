"""The management network: NIC, addresses, VLAN, name and time servers, and what bridges are made with."""

import ipaddress
from dataclasses import dataclass
from typing import Final

from zeus_installer.answers.problems import did_you_mean, nearest
from zeus_installer.convert.document import Element
from zeus_installer.convert.draft import Value, path_of
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.messages import said
from zeus_installer.convert.reading import Reading, attribute, show
from zeus_installer.machine.model import Nic

_MANAGEMENT: Final = "network.management"
_PROTOCOLS: Final = ("static", "dhcp", "none")
_PROTOCOLS_6: Final = ("static", "dhcp", "autoconf", "none")


def convert_network(reading: Reading) -> None:
    """Convert `admin-interface`, `name-server`, `ntp`, `ntp-server` and `network-backend`."""
    _convert_backend(reading)
    interface = reading.first("admin-interface")
    if interface is None:
        return
    _convert_nic(reading, interface)
    _convert_ipv4(reading, interface)
    _convert_ipv6(reading, interface)
    _convert_vlan(reading, interface)
    _convert_name_servers(reading)
    _convert_time_servers(reading)


def _convert_backend(reading: Reading) -> None:
    element = reading.text_of("network-backend")
    draft = reading.draft
    if element is None:
        draft.set("network.backend", "openvswitch", reading.root.line)
        return
    known = {"bridge": "bridge", "openvswitch": "openvswitch", "vswitch": "openvswitch"}
    if element.text not in known:
        meant = did_you_mean(nearest(element.text, list(known)))
        text = f"<network-backend> is {said(element.text)}, which XCP-ng and XenServer ignore: openvswitch it is{meant}"
        draft.warning(element.line, text)
    elif reading.dialect is Dialect.XENSERVER:
        draft.warning(element.line, "XenServer has read <network-backend> up to version 8 only; it is carried over")
    draft.set("network.backend", known.get(element.text, "openvswitch"), element.line)


def _convert_nic(reading: Reading, interface: Element) -> None:
    draft, key = reading.draft, f"{_MANAGEMENT}.nic"
    name, mac = attribute(interface, "name"), attribute(interface, "hwaddr")
    if name and mac:
        text = f"{show(interface, 'name')} is left out: XCP-ng takes it first, and hwaddr names the NIC better"
        draft.warning(interface.line, text)
    if mac:
        draft.set(key, {"mac": mac.lower()}, interface.line)
    elif not name:
        draft.error(interface.line, "<admin-interface> has neither name nor hwaddr: XCP-ng and XenServer stop there")
    elif nic := _recorded(reading, name):
        draft.set(key, {"mac": nic.mac or ""}, interface.line)
        draft.warning(
            interface.line,
            f"{show(interface, 'name')} is taken as the NIC {nic.mac} of that name in the machine's file",
            "see that it is the one that had this name under XCP-ng",
        )
    else:
        draft.set(key, {"match": {"name": name}}, interface.line)
        draft.warning(
            interface.line,
            f"{show(interface, 'name')} is a name of XCP-ng's: the same NIC has another one in Fedora",
            'write hwaddr="52:54:00:…" instead of name',
        )


def _recorded(reading: Reading, name: str) -> Nic | None:
    nics = reading.machine.nics if reading.machine else ()
    return next((nic for nic in nics if nic.name == name and nic.mac), None)


def _convert_ipv4(reading: Reading, interface: Element) -> None:
    draft, key = reading.draft, f"{_MANAGEMENT}.ipv4"
    protocol = attribute(interface, "proto")
    if protocol == "static":
        _convert_static(reading, interface)
        return
    if protocol and protocol not in _PROTOCOLS:
        meant = did_you_mean(nearest(protocol.lower(), _PROTOCOLS))
        draft.warning(interface.line, f"{show(interface, 'proto')} counts as none: it is none of their words{meant}")
    draft.set(key, "dhcp" if protocol == "dhcp" else "none", interface.line)


def _convert_static(reading: Reading, interface: Element) -> None:
    draft = reading.draft
    address, mask, gateway = (
        _needed(reading, interface, name, 'proto="static"') for name in ("ipaddr", "subnet", "gateway")
    )
    if address is None or mask is None or gateway is None:
        return
    prefix = _prefix(mask.text)
    if prefix is None:
        draft.error(mask.line, f"<{mask.name}> is {said(mask.text)}, wants a netmask like 255.255.255.0")
    elif "/" in address.text:
        draft.error(address.line, f"<{address.name}> is {said(address.text)}, wants an address like 192.0.2.10")
    else:
        _set_static(reading, _Static(key="ipv4", address=f"{address.text}/{prefix}", at=address, gateway=gateway))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Static:
    key: str
    address: str
    at: Element
    gateway: Element


def _set_static(reading: Reading, static: _Static) -> None:
    key = f"{_MANAGEMENT}.{static.key}"
    table: dict[str, Value] = {"address": static.address}
    if static.gateway.text:
        table["gateway"] = static.gateway.text
    else:
        reading.draft.note(static.gateway.line, f"<{static.gateway.name}> is empty: the host has no gateway")
    reading.draft.set(key, table, static.at.line)
    reading.draft.lines[(*path_of(key), "gateway")] = static.gateway.line


def _needed(reading: Reading, interface: Element, name: str, because: str) -> Element | None:
    element = reading.first(name, interface)
    if element is None:
        reading.draft.error(interface.line, f"<{name}> is missing in <admin-interface>: {because} wants it")
    elif not element.text and name not in ("gateway", "gatewayv6"):
        reading.draft.error(element.line, f"<{element.name}> is empty")
        return None
    return element


def _prefix(mask: str) -> int | None:
    """Give the length of a netmask, or of what is a length already; None for what is none."""
    try:
        network = ipaddress.IPv4Network(f"0.0.0.0/{mask}")
    except ValueError:
        return None
    # ipaddress takes masks of hosts (0.0.0.255) too.
    return network.prefixlen if mask.isdecimal() or str(network.netmask) == mask else None


def _convert_ipv6(reading: Reading, interface: Element) -> None:
    draft, key = reading.draft, f"{_MANAGEMENT}.ipv6"
    protocol = attribute(interface, "protov6")
    if protocol == "static":
        address = _needed(reading, interface, "ipv6", 'protov6="static"')
        gateway = _needed(reading, interface, "gatewayv6", 'protov6="static"')
        if address is not None and gateway is not None:
            _set_static(reading, _Static(key="ipv6", address=address.text, at=address, gateway=gateway))
        return
    if protocol and protocol not in _PROTOCOLS_6:
        meant = did_you_mean(nearest(protocol.lower(), _PROTOCOLS_6))
        draft.warning(interface.line, f"{show(interface, 'protov6')} counts as none: it is none of their words{meant}")
    if protocol in ("dhcp", "autoconf"):
        draft.set(key, "auto" if protocol == "autoconf" else "dhcp", interface.line)


def _convert_vlan(reading: Reading, interface: Element) -> None:
    vlan = attribute(interface, "vlan")
    if not vlan:
        return
    if vlan.isascii() and vlan.isdigit() and len(vlan) <= 9:
        reading.draft.set(f"{_MANAGEMENT}.vlan", int(vlan), interface.line)
    else:
        reading.draft.error(interface.line, f"{show(interface, 'vlan')} of <admin-interface>, wants 1 to 4094")


def _convert_name_servers(reading: Reading) -> None:
    draft, key = reading.draft, f"{_MANAGEMENT}.dns"
    servers = _texts(reading, "name-server")
    if not servers:
        return
    addresses: list[Value] = [server.text for server in servers]
    if draft.get(("network", "management", "ipv4")) != "dhcp":
        draft.set(key, addresses, servers[0].line)
        _line_by_line(reading, key, servers)
        return
    why = f"<{servers[0].name}> is left out: with DHCP XCP-ng writes it down, and uses the servers of the lease"
    draft.leave_out(key, addresses, servers[0].line, why)
    draft.warning(servers[0].line, why)


def _convert_time_servers(reading: Reading) -> None:
    """Convert by the rules of parseTimeConfig: what is not said follows from the rest."""
    draft, key = reading.draft, f"{_MANAGEMENT}.ntp"
    servers, every = _texts(reading, "ntp-server"), reading.all("ntp")
    ntp, others = (every[0] if every else None), every[1:]
    if ntp is not None and others:
        draft.error(others[0].line, f"<ntp> is there twice (line {ntp.line}): XCP-ng and XenServer stop there")
        return
    source = attribute(ntp, "source") if ntp is not None else ""
    if ntp is not None and source and source != "manual" and servers:
        text = f"<{servers[0].name}> beside <ntp {show(ntp, 'source')}>: XCP-ng and XenServer stop there"
        draft.error(servers[0].line, text, 'say <ntp source="manual"/>')
        return
    if servers:
        draft.set(key, [server.text for server in servers], servers[0].line)
        _line_by_line(reading, key, servers)
    elif ntp is not None and source == "manual":
        draft.warning(ntp.line, '<ntp source="manual"> names no server: add <ntp-server>')
    elif ntp is not None and source == "none":
        text = '<ntp source="none"> is not carried over: Zeus leaves the time service as it is'
        draft.warning(ntp.line, text, "say timesource --ntp-disable in the kickstart")
    elif ntp is not None:
        draft.note(ntp.line, f"<ntp {show(ntp, 'source')}>: Zeus leaves the time servers that the system has")


def _texts(reading: Reading, name: str) -> list[Element]:
    """Give elements that say something, each text once."""
    texts: dict[str, Element] = {}
    for element in reading.all(name):
        if not element.text:
            reading.draft.warning(element.line, f"<{element.name}> is empty, and left out")
        elif element.text in texts:
            reading.draft.note(element.line, f"<{element.name}> repeats line {texts[element.text].line}")
        else:
            texts[element.text] = element
    return list(texts.values())


def _line_by_line(reading: Reading, key: str, elements: list[Element]) -> None:
    for index, element in enumerate(elements):
        reading.draft.lines[(*path_of(key), index)] = element.line

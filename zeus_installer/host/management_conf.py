"""/etc/firstboot.d/data/management.conf, from which xcp-networkd makes its first bridge.

Its parser is no shell (xen-api, ocaml/networkd/lib/network_config.ml, read_management_conf): a line a key, split at the
first `=`, single quotes trimmed from the ends, no comments. An empty GATEWAY fails the whole file, so what is not known
is left out; DNS counts only beside DOMAIN, and comes through XenAPI otherwise.
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface
from typing import Final, Literal

from zeus_installer.answers.model import Static
from zeus_installer.system.errors import ZeusError

PATH: Final = "/etc/firstboot.d/data/management.conf"


def management_conf(
    *, device: str, ipv4: Literal["dhcp", "none"] | Static, dns: Sequence[str] = (), domain: str = ""
) -> str:
    """Give the file for `device`, the name of the management NIC in dom0."""
    values = {"LABEL": device, **_addressing(ipv4), "MODEV6": "none"}
    if dns and domain:
        values |= {"DNS": ",".join(dns), "DOMAIN": domain}
    return render(values)


def render(values: Mapping[str, str]) -> str:
    """Write the lines. What the grammar cannot hold is a `ZeusError`."""
    for key, value in values.items():
        if not value or "'" in value or not value.isprintable():
            raise ZeusError("network.management_conf", f"{PATH}: {key} cannot hold {value!r}")
    return "".join(f"{key}='{value}'\n" for key, value in values.items())


def _addressing(ipv4: Literal["dhcp", "none"] | Static) -> dict[str, str]:
    if not isinstance(ipv4, Static):
        return {"MODE": ipv4}
    interface = IPv4Interface(ipv4.address)
    static = {"MODE": "static", "IP": str(interface.ip), "NETMASK": str(interface.netmask)}
    return static if ipv4.gateway is None else {**static, "GATEWAY": ipv4.gateway}

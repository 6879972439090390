"""xcp-networkd's first start: the management bridge from `/etc/firstboot.d/data/management.conf`, before any PIF.

Its parser is not a shell (xen-api's ocaml/networkd/lib/network_config.ml): one `KEY='value'` a line, single quotes
only, no comments. What it cannot read leaves the host without a management bridge, and is only logged. The file
counts until a PIF has an addressing of its own.
"""

import logging
from collections.abc import Mapping

from tests.lab.xapi.calls.pif import bridge_name
from tests.lab.xapi.effects.ports import Addressing
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.identity import read_inventory, write_inventory_key
from tests.lab.xapi.xapi import Xapi

log = logging.getLogger(__name__)

MANAGEMENT_CONF = "/etc/firstboot.d/data/management.conf"
_MODES = {"dhcp": "DHCP", "static": "Static", "none": "None"}
# Written by the installer for hosts that the lab cannot be.
_NOT_SERVED = ("VLAN", "BOND_MODE", "BOND_MEMBERS")


class ReadError(Exception):
    """networkd cannot make sense of the file."""


def parse_management_conf(text: str) -> Mapping[str, str]:
    """The file's keys. Raises ReadError for a line that is no `KEY=value` and for a missing LABEL or MODE."""
    values = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if line and not equals:
            raise ReadError(f"not KEY='value': {line!r}")
        values[key] = value.strip("'")
    if not values.get("LABEL"):
        raise ReadError("LABEL is missing")
    if "MODE" not in values and "MODEV6" not in values:
        raise ReadError("MODE and MODEV6 are both missing")
    if values.get("MODE", "none") not in _MODES:
        raise ReadError(f"MODE is {values['MODE']!r}")
    return values


def addressing(values: Mapping[str, str]) -> Addressing:
    """What the keys say of IPv4; name servers count only when there is a DOMAIN."""
    return Addressing(
        mode=_MODES[values.get("MODE", "none")],
        ip=values.get("IP", ""),
        netmask=values.get("NETMASK", ""),
        gateway=values.get("GATEWAY", ""),
        dns=values.get("DNS", "").split(",") if values.get("DOMAIN") and values.get("DNS") else (),
    )


def first_start(xapi: Xapi) -> None:
    """Make the management bridge that the file describes, and write its name into the inventory."""
    file = xapi.paths.at(MANAGEMENT_CONF)
    if not file.exists() or any(xapi.db.where("PIF", ip_configuration_mode=mode) for mode in ("DHCP", "Static")):
        return
    try:
        values = parse_management_conf(file.read_text(encoding="utf-8"))
        if unserved := [key for key in _NOT_SERVED if values.get(key)]:
            raise ReadError(f"{', '.join(unserved)}: not served by the lab")
        bridge = read_inventory(xapi.paths.inventory)["MANAGEMENT_INTERFACE"] or bridge_name(values["LABEL"])
        xapi.network.up(bridge, values["LABEL"], addressing(values))
    except ReadError as error:
        log.error("%s: %s", file, error)
    except XapiError as error:
        log.error("%s: %s", file, error.description)
    else:
        write_inventory_key(xapi.paths.inventory, "MANAGEMENT_INTERFACE", bridge)
        write_inventory_key(xapi.paths.inventory, "MANAGEMENT_ADDRESS_TYPE", "IPv4" if "MODE" in values else "IPv6")

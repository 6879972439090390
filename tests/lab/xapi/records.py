"""The records that xapi makes by itself at its start: the pool, the host, dom0, the internal network, the drivers."""

import socket
from collections.abc import Mapping, Sequence
from typing import Any

from tests.lab.xapi.calls.session import now
from tests.lab.xapi.errors import StartupRefused
from tests.lab.xapi.identity import API_VERSION, cpu_info, software_version, xen_capabilities
from tests.lab.xapi.types import NULL_REF
from tests.lab.xapi.xapi import Xapi

_LOCAL_FEATURES: Mapping[str, int] = {"SR_PROBE": 1, "SR_UPDATE": 1, "VDI_CREATE": 1, "VDI_DELETE": 1, "VDI_ATTACH": 1}

# One driver a line: type, name, what its device_config needs, features.
_DRIVERS: Sequence[tuple[str, str, Mapping[str, str], Mapping[str, int]]] = (
    (
        "ext",
        "Local EXT4 VHD",
        {"device": "local device path (required) (e.g. /dev/sda3)"},
        {**_LOCAL_FEATURES, "SR_SUPPORTS_LOCAL_CACHING": 1, "THIN_PROVISIONING": 1},
    ),
    ("lvm", "Local VHD on LVM", {"device": "local device path (required) (e.g. /dev/sda3)"}, _LOCAL_FEATURES),
    ("udev", "Device drives", {"location": "path to mount (required) (e.g. server:/path)"}, {"VDI_INTRODUCE": 1}),
)


def write_records(xapi: Xapi, inventory: Mapping[str, str]) -> None:
    """Make what is missing and renew what may have changed since the last start."""
    with xapi.db.batch():
        host = _host(xapi, inventory)
        if not xapi.db.refs("pool"):
            xapi.db.create("pool", {"master": host})
        if not xapi.db.where("network", bridge="xenapi"):
            xapi.db.create("network", _internal_network())
        for type_, name, configuration, features in _DRIVERS:
            if not xapi.db.where("SM", type=type_):
                xapi.db.create("SM", _driver(type_, name, configuration, features))


def _host(xapi: Xapi, inventory: Mapping[str, str]) -> str:
    renewed = {
        "enabled": False,
        "address": "",
        "software_version": software_version(inventory, xapi.paths.root),
        "capabilities": xen_capabilities(xapi.paths.root),
        "cpu_info": cpu_info(xapi.paths.root),
        "API_version_major": API_VERSION[0],
        "API_version_minor": API_VERSION[1],
        "API_version_vendor": "XenSource",
    }
    uuid = inventory["INSTALLATION_UUID"]
    for other in xapi.db.refs("host"):
        if (had := xapi.db.field("host", other, "uuid")) != uuid:
            raise StartupRefused(f"the database is that of host {had}, the inventory says INSTALLATION_UUID='{uuid}'")
    if known := xapi.db.where("host", uuid=uuid):
        xapi.db.update("host", known[0], **renewed)
        return known[0]
    name = socket.gethostname()
    host = xapi.db.create(
        "host",
        {
            **renewed,
            "uuid": uuid,
            "name_label": name,
            "name_description": "Default install",
            "hostname": name,
            "edition": "free",
            "other_config": {"agent_start_time": now()},
            "allowed_operations": ["provision", "evacuate", "shutdown", "reboot", "enable"],
        },
    )
    dom0 = xapi.db.create("VM", _dom0(host, inventory["CONTROL_DOMAIN_UUID"], name))
    xapi.db.update("host", host, control_domain=dom0)
    return host


def _dom0(host: str, uuid: str, hostname: str) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "name_label": f"Control domain on host: {hostname}",
        "name_description": "The domain which manages physical devices and manages other domains",
        "power_state": "Running",
        "is_control_domain": True,
        "resident_on": host or NULL_REF,
        "domid": 0,
    }


def _internal_network() -> dict[str, Any]:
    config = {
        "is_guest_installer_network": "true",
        "is_host_internal_management_network": "true",
        "ip_begin": "169.254.0.1",
        "ip_end": "169.254.255.254",
        "netmask": "255.255.0.0",
    }
    return {"name_label": "Host internal management network", "bridge": "xenapi", "other_config": config}


def _driver(type_: str, name: str, configuration: Mapping[str, str], features: Mapping[str, int]) -> dict[str, Any]:
    return {
        "type": type_,
        "name_label": name,
        "name_description": f"SR plugin of type {type_} (the lab's)",
        "vendor": "Zeus lab",
        "version": "1.0",
        "required_api_version": "1.0",
        "configuration": dict(configuration),
        "features": dict(features),
        "driver_filename": f"/opt/xensource/sm/{type_.upper()}SR",
    }

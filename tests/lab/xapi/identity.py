"""Who the host is: `/etc/xensource-inventory`, and what its Xen and kernel say of themselves.

The grammar of the inventory is that of xapi's own parser: `KEY='value'` lines, split at the first `=`, one pair of
single quotes stripped, no comments, the last of two equal keys wins.
"""

import platform
from collections.abc import Mapping
from pathlib import Path

from tests.lab.xapi.errors import StartupRefused
from tests.lab.xapi.files import write_atomic

MANDATORY = (
    "INSTALLATION_UUID",
    "CONTROL_DOMAIN_UUID",
    "MANAGEMENT_INTERFACE",
    "MANAGEMENT_ADDRESS_TYPE",
    "BUILD_NUMBER",
)
_MAY_BE_EMPTY = ("MANAGEMENT_INTERFACE",)

# What the lab's xapi says that it is.
XAPI_VERSION = (26, 1)
API_VERSION = (2, 21)


def read_inventory(path: Path) -> Mapping[str, str]:
    """Read the inventory. Raises StartupRefused, naming the keys, when what xapi cannot do without is missing."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StartupRefused(f"Cannot access {path}: the host has no inventory") from None
    values = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals:
            values[key.strip()] = _unquote(value)
    missing = [key for key in MANDATORY if key not in values or (not values[key] and key not in _MAY_BE_EMPTY)]
    if missing:
        raise StartupRefused(f"Missing inventory key: {', '.join(missing)} (in {path})")
    return values


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == "'":
        value = value[1:-1]
    return value.strip()


def write_inventory_key(path: Path, key: str, value: str) -> None:
    """Set one key, leaving all other lines as they are."""
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.partition("=")[0].strip() != key]
    write_atomic(path, "\n".join([*kept, f"{key}='{value}'"]) + "\n")


def software_version(inventory: Mapping[str, str], root: Path) -> dict[str, str]:
    """`host.software_version`: what the inventory, Xen and the kernel say; keys of what is absent are left out."""
    known = {
        "product_brand": inventory.get("PRODUCT_BRAND", ""),
        "product_version": inventory.get("PRODUCT_VERSION", ""),
        "platform_name": inventory.get("PLATFORM_NAME", ""),
        "platform_version": inventory.get("PLATFORM_VERSION", ""),
        "build_number": inventory["BUILD_NUMBER"],
        "xapi": ".".join(map(str, XAPI_VERSION)),
        "xapi_build": "lab",
        "xen": xen_version(root),
        "linux": platform.release(),
        "network_backend": _read(root / "etc/xensource/network.conf"),
    }
    return {key: value for key, value in known.items() if value}


def xen_version(root: Path) -> str:
    """The running hypervisor's version, or nothing when there is none."""
    version = root / "sys/hypervisor/version"
    major, minor = _read(version / "major"), _read(version / "minor")
    return f"{major}.{minor}{_read(version / 'extra')}" if major else ""


def xen_capabilities(root: Path) -> list[str]:
    """What kinds of guests the running hypervisor takes."""
    return _read(root / "sys/hypervisor/properties/capabilities").split()


def cpu_info(root: Path) -> dict[str, str]:
    """`host.cpu_info` as far as dom0's kernel knows it."""
    first, *_ = (_read(root / "proc/cpuinfo") or "").split("\n\n")
    facts = dict(part for line in first.splitlines() if len(part := [word.strip() for word in line.split(":", 1)]) == 2)
    threads = _read(root / "proc/cpuinfo").count("processor\t")
    return {
        "cpu_count": str(threads),
        "vendor": facts.get("vendor_id", ""),
        "modelname": facts.get("model name", ""),
        "flags": facts.get("flags", ""),
    }


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

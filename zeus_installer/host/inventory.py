"""/etc/xensource-inventory: who the host is, in the grammar of xapi's own parser.

That parser (xen-api, ocaml/libs/xapi-inventory/lib/inventory.ml) splits a line at its first `=`, strips one pair of
single quotes, then blanks; it knows no comments and no escapes. A missing file it fills with random UUIDs.
"""

import re
from collections.abc import Mapping
from typing import Final

from zeus_installer import __version__
from zeus_installer.system.errors import ZeusError

PATH: Final = "/etc/xensource-inventory"

# What clients read as the product (ocaml/util/xapi_version.ml); a vendor's package that says so itself is left alone.
PRODUCT: Final[Mapping[str, str]] = {
    "PRODUCT_BRAND": "Zeus",
    "PRODUCT_NAME": "zeus",
    "PRODUCT_VERSION": __version__,
    "PRODUCT_VERSION_TEXT": __version__,
    "PRODUCT_VERSION_TEXT_SHORT": __version__,
    # Hosts of a pool compare these two: the values of the xen-api that is packaged today.
    "PLATFORM_NAME": "XCP",
    "PLATFORM_VERSION": "3.4.0",
    "BUILD_NUMBER": __version__,
}
_KEY = re.compile(r"[A-Z0-9_]+")


def of_host(*, host: str, dom0: str) -> dict[str, str]:
    """Give the keys that only this host has, by its UUID and its control domain's; xapi does not start without them.

    The management interface stays empty: xapi waits for ever for the address of one that is named.
    """
    return {
        "INSTALLATION_UUID": host,
        "CONTROL_DOMAIN_UUID": dom0,
        "MANAGEMENT_INTERFACE": "",
        "MANAGEMENT_ADDRESS_TYPE": "IPv4",
    }


def merged(text: str, *, host: str, dom0: str) -> str:
    """Give the inventory that the host wants: what `text` says beside our keys is kept."""
    return render({**PRODUCT, **parse(text), **of_host(host=host, dom0=dom0)})


def is_of_host(text: str, *, host: str, dom0: str) -> bool:
    """Whether `text` is this host's inventory; the management keys may have been rewritten by xcp-networkd since."""
    present = parse(text)
    ours = of_host(host=host, dom0=dom0)
    same = all(present.get(key) == ours[key] for key in ("INSTALLATION_UUID", "CONTROL_DOMAIN_UUID"))
    return same and present.keys() >= {*ours, *PRODUCT}


def parse(text: str) -> dict[str, str]:
    """Read an inventory as xapi does."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key: _unquoted(value).strip() for key, _, value in pairs}


def render(values: Mapping[str, str]) -> str:
    """Write an inventory. What the grammar cannot hold is a `ZeusError`: there are no escapes."""
    return "".join(f"{key}='{_checked(key, value)}'\n" for key, value in values.items())


def _checked(key: str, value: str) -> str:
    if _KEY.fullmatch(key) is None or "'" in value or not value.isprintable() or value != value.strip():
        raise ZeusError("identity.inventory", f"{PATH}: {key} cannot hold {value!r}: the file knows no escapes")
    return value


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] == "'"
    return value[1:-1] if quoted else value

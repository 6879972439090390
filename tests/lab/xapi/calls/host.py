"""host: name, settings, enabled or not, and the management interface."""

import re

from tests.lab.xapi import management
from tests.lab.xapi.calls.session import now
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.types import NULL_REF
from tests.lab.xapi.xapi import Call, Handlers, Xapi

_LONGEST_HOSTNAME = 255
_HOSTNAME = re.compile(r"[A-Za-z0-9.]([A-Za-z0-9.-]*[A-Za-z0-9.])?\Z")
_CACHING_TYPES = ("ext",)


def set_hostname_live(xapi: Xapi, call: Call) -> None:
    """Does not set name_label, as xapi does not."""
    name = call["hostname"]
    if not name:
        raise XapiError("HOST_NAME_INVALID", "hostname empty")
    if len(name) > _LONGEST_HOSTNAME:
        raise XapiError("HOST_NAME_INVALID", "hostname is too long")
    if not _HOSTNAME.match(name):
        raise XapiError("HOST_NAME_INVALID", "hostname contains invalid characters")
    xapi.network.set_hostname(name)
    xapi.db.update("host", call["host"], hostname=name)


def management_reconfigure(xapi: Xapi, call: Call) -> None:
    management.reconfigure(xapi, call["pif"])


def management_disable(xapi: Xapi, call: Call) -> None:
    del call
    management.disable(xapi)


def get_management_interface(xapi: Xapi, call: Call) -> str:
    found = xapi.db.where("PIF", host=call["host"], management=True)
    return found[0] if found else NULL_REF


def enable(xapi: Xapi, call: Call) -> None:
    xapi.db.update("host", call["host"], enabled=True)


def disable(xapi: Xapi, call: Call) -> None:
    xapi.db.update("host", call["host"], enabled=False)


def enable_local_storage_caching(xapi: Xapi, call: Call) -> None:
    """Wants a disabled host and an SR of its own that can cache: `ext` can, `lvm` cannot (xen-api's xapi_host.ml)."""
    sr = xapi.db.record("SR", call["sr"])
    if xapi.db.field("host", call["host"], "enabled"):
        raise XapiError("HOST_NOT_DISABLED")
    if sr["shared"] or len(sr["PBDs"]) != 1 or sr["type"] not in _CACHING_TYPES:
        raise XapiError("SR_OPERATION_NOT_SUPPORTED", call["sr"])
    pbd = xapi.db.record("PBD", sr["PBDs"][0])
    if pbd["host"] != call["host"]:
        raise XapiError("HOST_CANNOT_SEE_SR", call["host"], call["sr"])
    xapi.db.update("host", call["host"], local_cache_sr=call["sr"])
    xapi.db.update("SR", call["sr"], local_cache_enabled=True)


def disable_local_storage_caching(xapi: Xapi, call: Call) -> None:
    sr = xapi.db.field("host", call["host"], "local_cache_sr")
    xapi.db.update("host", call["host"], local_cache_sr=NULL_REF)
    if xapi.db.exists("SR", sr):
        xapi.db.update("SR", sr, local_cache_enabled=False)


def set_multipathing(xapi: Xapi, call: Call) -> None:
    xapi.db.update("host", call["host"], multipathing=call["value"])


def set_iscsi_iqn(xapi: Xapi, call: Call) -> None:
    xapi.db.update("host", call["host"], iscsi_iqn=call["value"])


def enable_ssh(xapi: Xapi, call: Call) -> None:
    xapi.db.update("host", call["self"], ssh_enabled=True)


def disable_ssh(xapi: Xapi, call: Call) -> None:
    xapi.db.update("host", call["self"], ssh_enabled=False)


def get_servertime(xapi: Xapi, call: Call) -> str:
    del xapi, call
    return now()


def get_server_certificate(xapi: Xapi, call: Call) -> str:
    del call
    text = xapi.paths.certificate.read_text(encoding="ascii")
    return text[text.index("-----BEGIN CERTIFICATE-----") :]


MESSAGES: Handlers = {
    "host.set_hostname_live": set_hostname_live,
    "host.management_reconfigure": management_reconfigure,
    "host.management_disable": management_disable,
    "host.get_management_interface": get_management_interface,
    "host.enable": enable,
    "host.disable": disable,
    "host.enable_local_storage_caching": enable_local_storage_caching,
    "host.disable_local_storage_caching": disable_local_storage_caching,
    "host.set_multipathing": set_multipathing,
    "host.set_iscsi_iqn": set_iscsi_iqn,
    "host.enable_ssh": enable_ssh,
    "host.disable_ssh": disable_ssh,
    "host.get_servertime": get_servertime,
    "host.get_server_certificate": get_server_certificate,
}

"""SR: storage repositories. The order of things is that of xen-api's xapi_sr.ml."""

import logging
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from tests.lab.xapi import faults
from tests.lab.xapi.calls import pbd
from tests.lab.xapi.errors import BackendFailure, XapiError
from tests.lab.xapi.xapi import Call, Handlers, Xapi

log = logging.getLogger(__name__)

# What a driver cannot do without, and the number of sm's error that says so.
_REQUIRED_CONFIG: Mapping[str, tuple[str, int]] = {
    "ext": ("device", 90),
    "lvm": ("device", 90),
    "udev": ("location", 94),
}
_DESCRIBED = ("name_label", "name_description", "type", "content_type", "shared")


def create(xapi: Xapi, call: Call) -> str:
    """Introduce, make, plug. A failed driver rolls the database back, not the disk; a failed plug is ignored."""
    driver = pbd.driver_of(xapi, call["type"])
    config = call["device_config"]
    with xapi.storage_lock:
        sr = xapi.db.create("SR", _described(call))
        plug = pbd.create(xapi, {"host": call["host"], "SR": sr, "device_config": config})
        try:
            _check_config(call["type"], config)
            _check_unused(xapi, config, besides=plug)
            driver.create(xapi.db.field("SR", sr, "uuid"), config)
        except Exception:
            with xapi.db.batch():
                xapi.db.delete("PBD", plug)
                xapi.db.delete("SR", sr)
            raise
        if call["type"] == "lvm":
            xapi.db.update("SR", sr, sm_config={**call.get("sm_config", {}), "use_vhd": "true"})
        _plug_after_create(xapi, plug)
        return sr


def _described(call: Call) -> dict[str, Any]:
    return {
        **{name: call[name] for name in _DESCRIBED},
        "sm_config": call.get("sm_config", {}),
        "allowed_operations": ["scan", "destroy", "forget", "plug", "unplug", "update", "pbd_create", "pbd_destroy"],
    }


def _check_config(type_: str, config: Mapping[str, str]) -> None:
    name, number = _REQUIRED_CONFIG[type_]
    if not config.get(name):
        raise BackendFailure(number, f"The request is missing the {name} parameter")


def _check_unused(xapi: Xapi, config: Mapping[str, str], *, besides: str) -> None:
    """A device that another PBD names is in use, attached or not."""
    wanted = set(config.get("device", "").split(",")) - {""}
    for ref in xapi.db.refs("PBD"):
        taken = xapi.db.field("PBD", ref, "device_config").get("device", "").split(",")
        if ref != besides and wanted.intersection(taken):
            raise BackendFailure(16, "The SR device is currently in use")


def _plug_after_create(xapi: Xapi, plug: str) -> None:
    if faults.load_faults(xapi.paths).sr_create_leaves_pbd_unplugged:
        return
    try:
        pbd.attach(xapi, plug)
    except BackendFailure as error:
        log.warning("SR.create: the PBD stays unplugged: %s", error.reason)


def introduce(xapi: Xapi, call: Call) -> str:
    """Make a repository known that is already on a disk."""
    pbd.driver_of(xapi, call["type"])
    if call["uuid"] and xapi.db.where("SR", uuid=call["uuid"]):
        raise XapiError("SR_UUID_EXISTS", call["uuid"])
    return xapi.db.create("SR", {**_described(call), "uuid": call["uuid"]})


def probe(xapi: Xapi, call: Call) -> str:
    """What repositories of the type are on the device, as sm's XML."""
    driver = pbd.driver_of(xapi, call["type"])
    _check_config(call["type"], call["device_config"])
    root = ET.Element("SRlist")
    for found in driver.probe(call["device_config"]):
        sr = ET.SubElement(root, "SR")
        ET.SubElement(sr, "UUID").text = found.uuid
        ET.SubElement(sr, "Devlist").text = ",".join(found.devices)
        ET.SubElement(sr, "size").text = str(found.size)
    return ET.tostring(root, encoding="unicode")


def forget(xapi: Xapi, call: Call) -> None:
    """Drop the repository and its PBDs from the database; the disk keeps it."""
    _assert_unplugged(xapi, call["sr"])
    _drop(xapi, call["sr"])


def destroy(xapi: Xapi, call: Call) -> None:
    """Remove the repository from the disk and from the database."""
    _assert_unplugged(xapi, call["sr"])
    sr = xapi.db.record("SR", call["sr"])
    if not sr["PBDs"]:
        raise XapiError("SR_HAS_NO_PBDS", call["sr"])
    with xapi.storage_lock:
        config = xapi.db.field("PBD", sr["PBDs"][0], "device_config")
        pbd.driver_of(xapi, sr["type"]).destroy(sr["uuid"], config)
        _drop(xapi, call["sr"])


def _assert_unplugged(xapi: Xapi, sr: str) -> None:
    if xapi.db.where("PBD", SR=sr, currently_attached=True):
        raise XapiError("SR_HAS_PBD", sr)


def _drop(xapi: Xapi, sr: str) -> None:
    with xapi.db.batch():
        for ref in xapi.db.where("PBD", SR=sr):
            xapi.db.delete("PBD", ref)
        xapi.db.delete("SR", sr)


def scan(xapi: Xapi, call: Call) -> None:
    """Read the sizes again."""
    if not xapi.db.where("PBD", SR=call["sr"], currently_attached=True):
        raise XapiError("SR_HAS_NO_PBDS", call["sr"])
    with xapi.storage_lock:
        pbd.read_sizes(xapi, call["sr"])


def get_supported_types(xapi: Xapi, call: Call) -> list[str]:
    del call
    return sorted(xapi.drivers)


def set_name_label(xapi: Xapi, call: Call) -> None:
    xapi.db.update("SR", call["sr"], name_label=call["value"])


def set_name_description(xapi: Xapi, call: Call) -> None:
    xapi.db.update("SR", call["sr"], name_description=call["value"])


def set_shared(xapi: Xapi, call: Call) -> None:
    xapi.db.update("SR", call["sr"], shared=call["value"])


MESSAGES: Handlers = {
    "SR.create": create,
    "SR.introduce": introduce,
    "SR.probe": probe,
    "SR.forget": forget,
    "SR.destroy": destroy,
    "SR.scan": scan,
    "SR.update": scan,
    "SR.get_supported_types": get_supported_types,
    "SR.set_name_label": set_name_label,
    "SR.set_name_description": set_name_description,
    "SR.set_shared": set_shared,
}

"""PBD: the plug between a host and a storage repository."""

import logging
from typing import Any

from tests.lab.xapi.effects.ports import SrDriver
from tests.lab.xapi.errors import BackendFailure, XapiError, handle_invalid
from tests.lab.xapi.xapi import Call, Handlers, Xapi

log = logging.getLogger(__name__)


def driver_of(xapi: Xapi, type_: str) -> SrDriver:
    """The storage driver of a type. Raises SR_UNKNOWN_DRIVER."""
    try:
        return xapi.drivers[type_]
    except KeyError:
        raise XapiError("SR_UNKNOWN_DRIVER", type_) from None


def create(xapi: Xapi, record: dict[str, Any]) -> str:
    """Join a host and an SR; once only."""
    for cls, name in (("host", "host"), ("SR", "SR")):
        if not xapi.db.exists(cls, record[name]):
            raise handle_invalid(cls, record[name])
    for known in xapi.db.where("PBD", host=record["host"], SR=record["SR"]):
        raise XapiError("PBD_EXISTS", record["SR"], record["host"], known)
    return xapi.db.create("PBD", {**record, "currently_attached": False})


def destroy(xapi: Xapi, ref: str) -> None:
    if xapi.db.field("PBD", ref, "currently_attached"):
        raise XapiError("OPERATION_NOT_ALLOWED", "PBD is currently attached")
    xapi.db.delete("PBD", ref)


def attach(xapi: Xapi, ref: str) -> None:
    """Attach the SR and read its sizes; nothing is done to one that is attached."""
    with xapi.storage_lock:
        pbd = xapi.db.record("PBD", ref)
        if pbd["currently_attached"]:
            return
        sr = xapi.db.record("SR", pbd["SR"])
        driver_of(xapi, sr["type"]).attach(sr["uuid"], pbd["device_config"])
        xapi.db.update("PBD", ref, currently_attached=True)
        read_sizes(xapi, pbd["SR"])


def detach(xapi: Xapi, ref: str) -> None:
    with xapi.storage_lock:
        pbd = xapi.db.record("PBD", ref)
        if not pbd["currently_attached"]:
            return
        sr = xapi.db.record("SR", pbd["SR"])
        driver_of(xapi, sr["type"]).detach(sr["uuid"])
        xapi.db.update("PBD", ref, currently_attached=False)


def read_sizes(xapi: Xapi, sr: str) -> None:
    """Write into the SR how large it is; reading VDIs is left out, as there are none."""
    record = xapi.db.record("SR", sr)
    sizes = driver_of(xapi, record["type"]).sizes(record["uuid"])
    xapi.db.update("SR", sr, physical_size=sizes.total, physical_utilisation=sizes.used, virtual_allocation=0)


def attach_all(xapi: Xapi) -> None:
    """At the start of the toolstack: nothing is attached yet, whatever the database says; one that fails is left."""
    for ref in xapi.db.refs("PBD"):
        xapi.db.update("PBD", ref, currently_attached=False)
        try:
            attach(xapi, ref)
        except BackendFailure as error:
            log.warning("PBD of %s: %s", xapi.db.field("PBD", ref, "SR"), error.reason)


def plug(xapi: Xapi, call: Call) -> None:
    attach(xapi, call["self"])


def unplug(xapi: Xapi, call: Call) -> None:
    detach(xapi, call["self"])


def set_device_config(xapi: Xapi, call: Call) -> None:
    if xapi.db.field("PBD", call["self"], "currently_attached"):
        raise XapiError("OPERATION_NOT_ALLOWED", "PBD is currently attached")
    xapi.db.update("PBD", call["self"], device_config=call["value"])


MESSAGES: Handlers = {"PBD.plug": plug, "PBD.unplug": unplug, "PBD.set_device_config": set_device_config}

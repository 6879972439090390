"""The messages that follow from the fields of a class."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.lab.xapi.calls import network, pbd
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.model import Message
from tests.lab.xapi.xapi import Call, Xapi

ImplicitHandler = Callable[[Xapi, Message, Call], Any]

# Classes whose create and destroy do more than write a record.
_CREATE = {"network": network.create, "PBD": pbd.create}
_DESTROY = {"network": network.destroy, "PBD": pbd.destroy}


def get_record(xapi: Xapi, message: Message, call: Call) -> Any:
    return xapi.db.record(message.cls, call["self"])


def get_by_uuid(xapi: Xapi, message: Message, call: Call) -> str:
    found = xapi.db.where(message.cls, uuid=call["uuid"])
    if not found:
        raise XapiError("UUID_INVALID", message.cls, call["uuid"])
    return found[0]


def get_all(xapi: Xapi, message: Message, call: Call) -> list[str]:
    del call
    return xapi.db.refs(message.cls)


def get_all_records(xapi: Xapi, message: Message, call: Call) -> dict[str, Any]:
    del call
    return {ref: xapi.db.record(message.cls, ref) for ref in xapi.db.refs(message.cls)}


def get_by_name_label(xapi: Xapi, message: Message, call: Call) -> list[str]:
    return xapi.db.where(message.cls, name_label=call["label"])


def get_field(xapi: Xapi, message: Message, call: Call) -> Any:
    return xapi.db.field(message.cls, call["self"], message.field)


def set_field(xapi: Xapi, message: Message, call: Call) -> None:
    xapi.db.update(message.cls, call["self"], **{message.field: call["value"]})


def add(xapi: Xapi, message: Message, call: Call) -> None:
    known = xapi.db.field(message.cls, call["self"], message.field)
    if call["value"] not in known:
        xapi.db.update(message.cls, call["self"], **{message.field: [*known, call["value"]]})


def remove(xapi: Xapi, message: Message, call: Call) -> None:
    known = xapi.db.field(message.cls, call["self"], message.field)
    kept = [value for value in known if value != call["value"]]
    xapi.db.update(message.cls, call["self"], **{message.field: kept})


def add_to(xapi: Xapi, message: Message, call: Call) -> None:
    record = xapi.db.record(message.cls, call["self"])
    known = record[message.field]
    if call["key"] in known:
        raise XapiError("MAP_DUPLICATE_KEY", message.cls, message.field, record["uuid"], call["key"])
    xapi.db.update(message.cls, call["self"], **{message.field: {**known, call["key"]: call["value"]}})


def remove_from(xapi: Xapi, message: Message, call: Call) -> None:
    known = xapi.db.field(message.cls, call["self"], message.field)
    kept = {key: value for key, value in known.items() if key != call["key"]}
    xapi.db.update(message.cls, call["self"], **{message.field: kept})


def create(xapi: Xapi, message: Message, call: Call) -> str:
    special = _CREATE.get(message.cls)
    return special(xapi, call["args"]) if special else xapi.db.create(message.cls, call["args"])


def destroy(xapi: Xapi, message: Message, call: Call) -> None:
    special = _DESTROY.get(message.cls)
    if special:
        special(xapi, call["self"])
    else:
        xapi.db.delete(message.cls, call["self"])


KINDS: Mapping[str, ImplicitHandler] = {
    "get_record": get_record,
    "get_by_uuid": get_by_uuid,
    "get_all": get_all,
    "get_all_records": get_all_records,
    "get_by_name_label": get_by_name_label,
    "get_field": get_field,
    "set_field": set_field,
    "add": add,
    "remove": remove,
    "add_to": add_to,
    "remove_from": remove_from,
    "create": create,
    "destroy": destroy,
}

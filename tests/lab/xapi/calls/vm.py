"""VM: dom0's other_config. Its setters are messages of their own: the field is one that only a constructor sets."""

from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.xapi import Call, Handlers, Xapi


def add_to_other_config(xapi: Xapi, call: Call) -> None:
    record = xapi.db.record("VM", call["self"])
    if call["key"] in record["other_config"]:
        raise XapiError("MAP_DUPLICATE_KEY", "VM", "other_config", record["uuid"], call["key"])
    xapi.db.update("VM", call["self"], other_config={**record["other_config"], call["key"]: call["value"]})


def remove_from_other_config(xapi: Xapi, call: Call) -> None:
    known = xapi.db.field("VM", call["self"], "other_config")
    xapi.db.update("VM", call["self"], other_config={key: known[key] for key in known if key != call["key"]})


def set_other_config(xapi: Xapi, call: Call) -> None:
    xapi.db.update("VM", call["self"], other_config=call["value"])


MESSAGES: Handlers = {
    "VM.add_to_other_config": add_to_other_config,
    "VM.remove_from_other_config": remove_from_other_config,
    "VM.set_other_config": set_other_config,
}

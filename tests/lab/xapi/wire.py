"""XML-RPC as xapi speaks it: ints are strings of digits, void is an empty string, failures are values.

Inside the server a value is plain JSON: dates are strings as they stand on the wire (`19700101T00:00:00Z`).
"""

import re
import xmlrpc.client
from collections.abc import Callable, Sequence
from typing import Any

from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.model import Table
from tests.lab.xapi.types import Enum, Map, Record, Ref, Scalar, Set, Type

_INTEGER = re.compile(r"-?\d+\Z")

_SCALARS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "int": lambda value: isinstance(value, str) and bool(_INTEGER.match(value)),
    "float": lambda value: isinstance(value, float),
    "bool": lambda value: isinstance(value, bool),
    "datetime": lambda value: isinstance(value, xmlrpc.client.DateTime),
}
_FROM_WIRE: dict[str, Callable[[Any], Any]] = {"int": int, "datetime": str}
_TO_WIRE: dict[str, Callable[[Any], Any]] = {"int": str, "float": float, "datetime": xmlrpc.client.DateTime}


def parse_request(body: bytes) -> tuple[str, Sequence[Any]]:
    """The method and its parameters. Raises ValueError when the body is not an XML-RPC call."""
    try:
        params, method = xmlrpc.client.loads(body.decode())
    except Exception as error:
        raise ValueError(f"not an XML-RPC call: {error}") from error
    if method is None:
        raise ValueError("not an XML-RPC call: it has no method name")
    return method, params


def success(value: Any) -> bytes:
    """The answer to a call that worked; `value` is encoded."""
    return _response({"Status": "Success", "Value": value})


def failure(error: XapiError) -> bytes:
    """The answer to a call that failed."""
    return _response({"Status": "Failure", "ErrorDescription": error.description})


def _response(value: Any) -> bytes:
    return xmlrpc.client.dumps((value,), methodresponse=True).encode()


def task_result(value: Any, type_: Type) -> str:
    """A task's `result`: XML text, empty for void; strings and references stand bare between `<value>` tags."""
    if type_ == Scalar("void"):
        return ""
    text = xmlrpc.client.dumps((value,))
    inner = text.split("<param>", 1)[1].rsplit("</param>", 1)[0].strip()
    return re.sub(r"\A<value><string>(.*)</string></value>\Z", r"<value>\1</value>", inner, flags=re.DOTALL)


def decode(value: Any, type_: Type, table: Table, *, name: str) -> Any:
    """Turn a caller's value into ours.

    Raises FIELD_TYPE_ERROR with `name` for a wrong type and INVALID_VALUE for a word that its enum does not have.
    """
    match type_:
        case Set(item) if isinstance(value, list):
            return [decode(member, item, table, name=name) for member in value]
        case Map(key, item) if isinstance(value, dict):
            return {
                str(decode(one, key, table, name=name)): decode(other, item, table, name=name)
                for one, other in value.items()
            }
        case Record(cls) if isinstance(value, dict):
            return _decode_record(value, cls, table)
        case Enum(enum) if isinstance(value, str):
            if value not in table.enums[enum]:
                raise XapiError("INVALID_VALUE", name, value)
            return value
        case Ref() if isinstance(value, str):
            return value
        case Scalar(scalar) if scalar in _SCALARS and _SCALARS[scalar](value):
            return _FROM_WIRE.get(scalar, lambda same: same)(value)
    raise XapiError("FIELD_TYPE_ERROR", name)


def _decode_record(value: dict[str, Any], cls: str, table: Table) -> dict[str, Any]:
    """The fields that a constructor takes; those with a default may be missing, those it computes are ignored."""
    record: dict[str, Any] = {}
    for item in table.classes[cls].fields.values():
        if item.access == "runtime":
            continue
        if item.name in value:
            record[item.name] = decode(value[item.name], item.type, table, name=item.name)
        elif item.default is None:
            raise XapiError("FIELD_TYPE_ERROR", item.name)
    return record


def encode(value: Any, type_: Type, table: Table) -> Any:
    """Turn our value into what goes over the wire."""
    match type_:
        case Set(item):
            return [encode(member, item, table) for member in value]
        case Map(_, item):
            return {key: encode(member, item, table) for key, member in value.items()}
        case Record(cls):
            fields = table.classes[cls].fields
            return {key: encode(value[key], item.type, table) for key, item in fields.items()}
        case Scalar("void"):
            return ""
        case Scalar("an event batch"):
            return _encode_batch(value, table)
        case Scalar(name):
            return _TO_WIRE.get(name, lambda same: same)(value)
    return value


def _encode_batch(batch: dict[str, Any], table: Table) -> dict[str, Any]:
    names = {name.lower(): name for name in table.classes}
    events = []
    for event in batch["events"]:
        shown = {**event, "id": str(event["id"])}
        if "snapshot" in event:
            shown["snapshot"] = encode(event["snapshot"], Record(names[event["class"]]), table)
        events.append(shown)
    counts = {name: str(count) for name, count in batch["valid_ref_counts"].items()}
    return {"events": events, "valid_ref_counts": counts, "token": batch["token"]}

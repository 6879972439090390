"""The JSON Schema (2020-12) of the answers, for editors and for programs that write them."""

import dataclasses
from typing import Any

from zeus_installer.answers.keys import KEYS, Key
from zeus_installer.answers.model import Answers
from zeus_installer.answers.rules import RULES
from zeus_installer.answers.shape import Either, ListOf, Scalar, Shape, Table, Words, fields_of
from zeus_installer.system.codec import Json, encode
from zeus_installer.system.secrets import Secret

Schema = dict[str, Any]


def json_schema() -> dict[str, Json]:
    """Give the schema. It takes all that the reader takes; rules over several keys are stricter in the reader."""
    tables = {kind.__name__: _table(kind) for kind in KEYS if kind is not Answers}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers for Zeus, version 1",
        **_table(Answers),
        "$defs": tables,
    }


def _table(kind: type) -> Schema:
    keys = KEYS[kind]
    required = [name for name, key in keys.items() if key.required]
    schema: Schema = {
        "type": "object",
        "properties": {name: _key(keys[name], shape, default) for name, (shape, default) in fields_of(kind).items()},
        "additionalProperties": False,
    }
    if required:
        schema["required"] = required
    for rule in RULES:
        if rule.table is kind:
            schema.update(rule.schema)
    return schema


def _key(key: Key, shape: Shape, default: object) -> Schema:
    schema = {"description": key.help, **_value(shape, key)}
    if default is not dataclasses.MISSING and default is not None and not dataclasses.is_dataclass(default):
        schema["default"] = encode(default)
    return schema


def _value(shape: Shape, key: Key) -> Schema:
    match shape:
        case Table(kind):
            return {"$ref": f"#/$defs/{kind.__name__}"}
        case Words(choices):
            return {"enum": list(choices)}
        case ListOf(item):
            least: Schema = {"minItems": key.items} if key.items else {}
            unique: Schema = {} if isinstance(item, Table) else {"uniqueItems": True}
            return {"type": "array", "items": _value(item, key), **unique, **least}
        case Either(choices):
            return {"anyOf": [_value(choice, key) for choice in choices]}
        case Scalar(kind):
            return _scalar(kind, key)


def _scalar(kind: type, key: Key) -> Schema:
    if kind is bool:
        return {"type": "boolean"}
    if kind is int:
        bounds = {"minimum": key.minimum, "maximum": key.maximum}
        return {"type": "integer", **{name: bound for name, bound in bounds.items() if bound is not None}}
    if key.choices:
        return {"enum": list(key.choices)}
    secret: Schema = {"writeOnly": True} if kind is Secret else {}
    return {"type": "string", "pattern": f"^(?:{key.format.pattern})$", **secret}

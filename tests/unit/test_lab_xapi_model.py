"""The lab xapi's table: consistent in itself and, where the full data model is at hand, a true part of it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.lab.xapi.calls import EXPLICIT, IMPLICIT
from tests.lab.xapi.model import Field, Message, Table, load_table
from tests.lab.xapi.records import _DRIVERS
from tests.lab.xapi.types import NULL_REF, Enum, Map, Record, Ref, Scalar, Set, Type, parse_type

# The full data model as JSON: named by the environment, or in a directory of facts beside the project.
NAMED = [Path(os.environ["ZEUS_XENAPI_MODEL"])] if "ZEUS_XENAPI_MODEL" in os.environ else []
DATA_MODELS = [*NAMED, *Path(__file__).parents[3].glob("*/reference/data/xenapi_subset.json")]
SCALARS = {"string", "int", "float", "bool", "datetime", "void", "an event batch"}
# Classes that some field refers to but that the lab has no objects of: their references are always null.
SINGLETONS = ("<class>",)


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table()


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("int", Scalar("int")),
        ("PIF ref set", Set(Ref("PIF"))),
        ("enum bond_mode", Enum("bond_mode")),
        ("(string -> string) map", Map(Scalar("string"), Scalar("string"))),
        ("(int -> string set) map", Map(Scalar("int"), Set(Scalar("string")))),
        ("network record", Record("network")),
    ],
)
def test_types_are_read(text: str, type_: Type) -> None:
    assert parse_type(text) == type_


def parts(type_: Type) -> list[Type]:
    match type_:
        case Set(item):
            return [type_, *parts(item)]
        case Map(key, value):
            return [type_, *parts(key), *parts(value)]
    return [type_]


def test_every_type_is_known(table: Table) -> None:
    fields = [item.type for cls in table.classes.values() for item in cls.fields.values()]
    messages = [type_ for one in table.messages.values() for type_ in (one.result, *(p.type for p in one.params))]
    for type_ in (part for whole in (*fields, *messages) for part in parts(whole)):
        match type_:
            case Enum(name):
                assert name in table.enums
            case Scalar(name):
                assert name in SCALARS
            case Record(name):
                assert name in table.classes or name in SINGLETONS


def test_defaults_fit_their_types(table: Table) -> None:
    for cls in table.classes.values():
        for item in cls.fields.values():
            if item.default is not None:
                assert type(item.default) is type(table.zero(item.type)), f"{cls.name}.{item.name}"
                assert not isinstance(item.type, Enum) or item.default in table.enums[item.type.name]
                assert not isinstance(item.type, Ref) or item.default == NULL_REF


def test_optional_parameters_come_last(table: Table) -> None:
    for message in table.messages.values():
        required = [param.required for param in message.params]
        assert required == sorted(required, reverse=True), message.wire_name


def test_every_handler_has_its_message(table: Table) -> None:
    assert EXPLICIT.keys() <= {name for name, message in table.messages.items() if not message.kind}
    assert {message.kind for message in table.messages.values()} - {""} <= IMPLICIT.keys()


def test_every_driver_is_described_once() -> None:
    types = [type_ for type_, *_ in _DRIVERS]
    assert types == sorted(set(types))


def test_the_table_is_part_of_the_full_data_model(table: Table) -> None:
    if not DATA_MODELS:
        print("no full data model at hand (ZEUS_XENAPI_MODEL): the table was checked only against itself")
        return
    full = {cls["name"]: cls for cls in json.loads(DATA_MODELS[0].read_text())}
    for name, cls in table.classes.items():
        fields = {item["name"]: item for item in full[name]["fields"]}
        for item in cls.fields.values():
            assert_field(item, fields[item.name])
    for message in table.messages.values():
        known = {one["name"]: one for one in full[message.cls]["messages"]}
        assert message.name in known, message.wire_name
        assert_message(message, known[message.name])
    enums = {enum["name"]: enum["values"] for cls in full.values() for enum in cls["enums"]}
    assert {name: list(values) for name, values in table.enums.items()} == {name: enums[name] for name in table.enums}


def assert_field(ours: Field, theirs: dict[str, Any]) -> None:
    access = {"runtime": "RO/runtime", "constructor": "RO/constructor", "rw": "RW"}
    assert ours.type == parse_type(theirs["type"]), ours.name
    assert access[ours.access] == theirs["qualifier"], ours.name
    assert (ours.default is None) == (theirs.get("default") in (None, "Null")), ours.name


def assert_message(ours: Message, theirs: dict[str, Any]) -> None:
    session = [param for param in theirs["params"] if param[0] == "session_id"]
    others = [param for param in theirs["params"] if param[0] != "session_id"]
    assert ours.session == bool(session), ours.wire_name
    assert [param.type for param in ours.params] == [parse_type(param[1]) for param in others], ours.wire_name
    assert [param.required for param in ours.params] == [param[2] for param in others], ours.wire_name
    assert ours.result == parse_type(theirs["result"]), ours.wire_name
    if not ours.kind:
        assert [param.name for param in ours.params] == [param[0] for param in others], ours.wire_name
        assert list(ours.errors) == theirs["declared_errors"], ours.wire_name

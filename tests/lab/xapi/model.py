"""The table of what the lab's xapi serves (`model.toml`), and the messages that follow from its fields."""

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.xapi.types import EPOCH, NULL_REF, Enum, Map, Record, Ref, Scalar, Set, Type, parse_type

TABLE = Path(__file__).with_name("model.toml")

# Objects that live in a session or in an event, and so cannot be listed.
_UNLISTED = ("session", "event")
# A pool has a name, but there is only one.
_NOT_FOUND_BY_NAME = ("pool",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a class; `access` is runtime, constructor or rw; `default` is None where the model has none."""

    name: str
    type: Type
    access: str
    default: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter after the session."""

    name: str
    type: Type
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One call. `kind` names the generic handler of an implicit message, or is empty; `field` is what it is about."""

    cls: str
    name: str
    params: Sequence[Parameter]
    result: Type
    session: bool = True
    errors: Sequence[str] = ()
    kind: str = ""
    field: str = ""

    @property
    def wire_name(self) -> str:
        """`Class.message`."""
        return f"{self.cls}.{self.name}"

    @property
    def mandatory(self) -> int:
        """How many parameters a caller must give, the session not counted."""
        return sum(param.required for param in self.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of objects."""

    name: str
    fields: Mapping[str, Field]
    constructor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Everything that can be called, by wire name, and what it is called on."""

    enums: Mapping[str, Sequence[str]]
    classes: Mapping[str, Class]
    messages: Mapping[str, Message]

    def zero(self, type_: Type) -> Any:
        """The value of a field without a default that nobody has set."""
        match type_:
            case Set():
                return []
            case Map() | Record():
                return {}
            case Ref():
                return NULL_REF
            case Enum(name):
                return self.enums[name][0]
            case Scalar(name):
                return {"int": 0, "float": 0.0, "bool": False, "datetime": EPOCH}.get(name, "")


@functools.cache
def load_table(path: Path = TABLE) -> Table:
    """Read the table and derive the implicit messages; explicit ones win over implicit ones of the same name."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    classes: dict[str, Class] = {}
    messages: dict[str, Message] = {}
    for name, described in data["classes"].items():
        cls = read_class(name, described)
        classes[name] = cls
        for message in (*implicit_messages(cls), *explicit_messages(name, described.get("messages", {}))):
            messages[message.wire_name] = message
    return Table(enums=data["enums"], classes=classes, messages=messages)


def read_class(name: str, described: Mapping[str, Any]) -> Class:
    """One `[classes.X]` of the table."""
    fields = {
        key: Field(name=key, type=parse_type(value["type"]), access=value["access"], default=value.get("default"))
        for key, value in described.get("fields", {}).items()
    }
    return Class(name=name, fields=fields, constructor=described.get("constructor", False))


def explicit_messages(cls: str, described: Mapping[str, Any]) -> Iterator[Message]:
    """The messages that the table lists."""
    for name, value in described.items():
        yield Message(
            cls=cls,
            name=name,
            params=[read_parameter(text) for text in value["params"]],
            result=parse_type(value["result"]),
            session=value.get("session", True),
            errors=value.get("errors", ()),
        )


def read_parameter(text: str) -> Parameter:
    """`name: type`, or `?name: type` when it may be left out."""
    name, type_ = text.removeprefix("?").split(": ")
    return Parameter(name=name, type=parse_type(type_), required=not text.startswith("?"))


def implicit_messages(cls: Class) -> Iterator[Message]:
    """The getters, setters and constructors that XenAPI derives from a class."""
    if cls.name == "event":
        return
    ref = Ref(cls.name)
    yield _implicit(cls, "get_record", ("self", ref), result=Record(cls.name))
    yield _implicit(cls, "get_by_uuid", ("uuid", Scalar("string")), result=ref)
    if cls.name not in _UNLISTED:
        yield _implicit(cls, "get_all", result=Set(ref))
        yield _implicit(cls, "get_all_records", result=Map(ref, Record(cls.name)))
    if "name_label" in cls.fields and cls.name not in _NOT_FOUND_BY_NAME:
        yield _implicit(cls, "get_by_name_label", ("label", Scalar("string")), result=Set(ref))
    if cls.constructor:
        yield _implicit(cls, "create", ("args", Record(cls.name)), result=ref)
        yield _implicit(cls, "destroy", ("self", ref))
    for item in cls.fields.values():
        yield from _field_messages(cls, item)


def _field_messages(cls: Class, item: Field) -> Iterator[Message]:
    target = ("self", Ref(cls.name))
    yield _implicit(cls, f"get_{item.name}", target, result=item.type, kind="get_field", field=item.name)
    if item.access != "rw":
        return
    yield _implicit(cls, f"set_{item.name}", target, ("value", item.type), kind="set_field", field=item.name)
    match item.type:
        case Set(member):
            for verb in ("add", "remove"):
                yield _implicit(cls, f"{verb}_{item.name}", target, ("value", member), kind=verb, field=item.name)
        case Map(key, value):
            both = (target, ("key", key), ("value", value))
            yield _implicit(cls, f"add_to_{item.name}", *both, kind="add_to", field=item.name)
            yield _implicit(cls, f"remove_from_{item.name}", *both[:2], kind="remove_from", field=item.name)


def _implicit(
    cls: Class,
    name: str,
    *params: tuple[str, Type],
    result: Type = Scalar("void"),  # noqa: B008 (frozen)
    kind: str = "",
    field: str = "",
) -> Message:
    parameters = [Parameter(name=key, type=type_, required=True) for key, type_ in params]
    return Message(cls=cls.name, name=name, params=parameters, result=result, kind=kind or name, field=field)

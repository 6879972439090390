"""The types of the XenAPI data model, parsed from the words that the model writes them in."""

from dataclasses import dataclass

NULL_REF = "OpaqueRef:NULL"
EPOCH = "19700101T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Scalar:
    """`string`, `int`, `float`, `bool`, `datetime`, `void`, or a shape of its own such as `an event batch`."""

    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an object of a class."""

    cls: str


@dataclass(frozen=True, slots=True)
class Record:
    """All fields of an object of a class."""

    cls: str


@dataclass(frozen=True, slots=True)
class Enum:
    """One word of a list."""

    name: str


@dataclass(frozen=True, slots=True)
class Set:
    """An array."""

    item: "Type"


@dataclass(frozen=True, slots=True)
class Map:
    """A struct."""

    key: "Type"
    value: "Type"


Type = Scalar | Ref | Record | Enum | Set | Map


def parse_type(text: str) -> Type:
    """Read a type: `int`, `PIF ref set`, `enum bond_mode`, `(string -> string) map`."""
    if text.endswith(" set"):
        return Set(parse_type(text.removesuffix(" set")))
    if text.endswith(" map"):
        key, value = text.removesuffix(" map").removeprefix("(").removesuffix(")").split(" -> ")
        return Map(parse_type(key), parse_type(value))
    if text.endswith(" ref"):
        return Ref(text.removesuffix(" ref"))
    if text.endswith(" record"):
        return Record(text.removesuffix(" record"))
    if text.startswith("enum "):
        return Enum(text.removeprefix("enum "))
    return Scalar(text)

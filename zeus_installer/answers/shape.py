"""The shape of the answers, read off the types of `model`: what the reader, the JSON Schema and the reference share."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from zeus_installer.system.secrets import Secret


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value of a type: `str`, `int`, `bool` or `Secret` (a string in the file)."""

    kind: type


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few values."""

    choices: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of items of one shape."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: a dataclass of the model."""

    kind: type


@dataclass(frozen=True, slots=True)
class Either:
    """A value that has one of several shapes."""

    choices: tuple["Shape", ...]


Shape = Scalar | Words | ListOf | Table | Either


@cache
def fields_of(kind: type) -> Mapping[str, tuple[Shape, object]]:
    """Give the keys of a table in the model's order: for each its shape and its default (`MISSING`: it has none)."""
    hints = typing.get_type_hints(kind)
    return {field.name: (shape_of(hints[field.name]), _default(field)) for field in dataclasses.fields(kind)}


def shape_of(hint: Any) -> Shape:  # noqa: ANN401 - a type expression can be anything
    """Give the shape of a type of the model. None means that the key may be left out, which is no shape."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        choices = tuple(shape_of(choice) for choice in typing.get_args(hint) if choice is not type(None))
        return choices[0] if len(choices) == 1 else Either(choices)
    if origin is Literal:
        return Words(typing.get_args(hint))
    if origin is tuple:
        return ListOf(shape_of(typing.get_args(hint)[0]))
    if dataclasses.is_dataclass(hint):
        return Table(typing.cast("type", hint))
    if hint in (str, int, bool, Secret):
        return Scalar(hint)
    raise TypeError(f"the answers have no shape for {hint}")


def _default(field: "dataclasses.Field[Any]") -> object:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()

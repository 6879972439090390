"""Frozen dataclasses to JSON and back: the saved machine, the stored plan. Types are the schema.

Understood: None, bool, int, float, str, enums, `Secret`, dataclasses, tuples `tuple[T, ...]`, `dict[str, T]`, unions,
literals.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union

from zeus_installer.system.errors import UsageError
from zeus_installer.system.secrets import Secret

T = TypeVar("T")
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def encode(value: object) -> Json:
    """Turn `value` into what `json.dumps` takes. Secrets are revealed: whoever stores the result protects the file."""
    match value:
        case Secret():
            return value.reveal()
        case Enum():
            return typing.cast("Json", value.value)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(key): encode(item) for key, item in value.items()}
        case Sequence():
            return [encode(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"cannot encode {type(value).__name__}")


def decode(kind: type[T], data: object, *, where: str = "") -> T:
    """Build a `kind` from what `encode` gave. Missing keys take the field's default; unknown keys are left out.

    Data of another shape is a `UsageError` that names the place (`disks[0].size`).
    """
    return typing.cast("T", _decode(kind, data, where))


def _decode(kind: Any, data: object, where: str) -> object:  # noqa: ANN401 - a type expression can be anything
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(typing.get_args(kind), data, where)
    if origin is typing.Literal and any(data == word and type(data) is type(word) for word in typing.get_args(kind)):
        return data
    if kind is type(None) and data is None:
        return None
    if origin is tuple and isinstance(data, list):
        item = typing.get_args(kind)[0]
        return tuple(_decode(item, value, f"{where}[{index}]") for index, value in enumerate(data))
    if origin is dict and isinstance(data, dict):
        item = typing.get_args(kind)[1]
        return {key: _decode(item, value, f"{where}.{key}".lstrip(".")) for key, value in data.items()}
    if dataclasses.is_dataclass(kind) and isinstance(data, dict):
        return _decode_dataclass(typing.cast("type", kind), data, where)
    if isinstance(kind, type):
        return _decode_scalar(kind, data, where)
    raise _mismatch(kind, data, where)


def _decode_scalar(kind: type, data: object, where: str) -> object:
    if kind is Secret and isinstance(data, str):
        return Secret(data)
    if issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError:
            raise _mismatch(kind, data, where) from None
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if isinstance(data, kind) and isinstance(data, bool) == (kind is bool):
        return data
    raise _mismatch(kind, data, where)


def _decode_union(choices: tuple[Any, ...], data: object, where: str) -> object:
    errors: list[UsageError] = []
    for choice in choices:
        try:
            return _decode(choice, data, where)
        except UsageError as error:
            errors.append(error)
    # The error from deepest inside tells most: it comes from the choice that fitted best.
    raise max(errors, key=lambda error: error.message.count(".") + error.message.count("["))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode_dataclass(kind: type, data: dict[str, object], where: str) -> object:
    hints = _hints(kind)
    values: dict[str, object] = {}
    for field in dataclasses.fields(kind):
        place = f"{where}.{field.name}".lstrip(".")
        if field.name in data:
            values[field.name] = _decode(hints[field.name], data[field.name], place)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise UsageError("data.missing", f"{place} is missing")
    return kind(**values)


def _mismatch(kind: Any, data: object, where: str) -> UsageError:  # noqa: ANN401
    wanted = getattr(kind, "__name__", str(kind))
    return UsageError("data.type", f"{where or 'the data'} is {type(data).__name__}, not {wanted}")

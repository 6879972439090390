"""Answers to TOML: what `read_answers` reads back as the same answers. Keys that have their default are left out."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence

from zeus_installer.answers.model import Answers
from zeus_installer.system.secrets import Secret


def dump(answers: Answers, *, secrets: bool = True) -> str:
    """Write `answers` as TOML. Secrets stand in it as they are: whoever stores the text protects the file.

    Without `secrets` the text is for people only: it shows where each one is.
    """
    return "".join([f"version = {answers.version}\n", *_tables(_plain(answers, secrets), ())])


def _plain(table: object, secrets: bool) -> dict[str, object]:
    """Give what differs from the defaults, as TOML's own types."""
    plain: dict[str, object] = {}
    for field in dataclasses.fields(table):  # type: ignore[arg-type] # the tables of the model are dataclasses
        value = getattr(table, field.name)
        factory = field.default_factory
        default = field.default if factory is dataclasses.MISSING else factory()
        if value != default:
            plain[field.name] = _plain_value(value, secrets)
    return plain


def _plain_value(value: object, secrets: bool) -> object:
    match value:
        case Secret():
            return value.reveal() if secrets else repr(value)
        case tuple():
            return [_plain_value(item, secrets) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return _plain(value, secrets)
        case _:
            return value


def _tables(tables: Mapping[str, object], path: Sequence[str]) -> Iterator[str]:
    """Write the two upper levels as tables with headers; what is below them is short enough for a line."""
    lines = {name: value for name, value in tables.items() if not _has_header(value, path)}
    if path and lines:
        yield f"\n[{'.'.join(path)}]\n"
    for name, value in lines.items():
        yield f"{name} = {toml_value(value)}\n"
    for name, value in tables.items():
        if name not in lines and isinstance(value, dict):
            yield from _tables(value, (*path, name))


def _has_header(value: object, path: Sequence[str]) -> bool:
    return isinstance(value, dict) and len(path) < 2


def toml_value(value: object) -> str:
    """Write a value as TOML has it on one line."""
    match value:
        case bool() | int():
            return str(value).lower()
        case list():
            return f"[{', '.join(toml_value(item) for item in value)}]"
        case dict():
            inside = ", ".join(f"{name} = {toml_value(item)}" for name, item in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case _:
            # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

"""The reference of the answers for people, docs/answers.md: `python -m zeus_installer.answers.reference`."""

import dataclasses
import sys
from collections.abc import Iterator

from zeus_installer.answers.dump import dump
from zeus_installer.answers.formats import TEXT
from zeus_installer.answers.keys import KEYS, Key
from zeus_installer.answers.model import Answers, Packages, Repo
from zeus_installer.answers.not_yet import LATER_TABLES, NOT_YET
from zeus_installer.answers.problems import describe, one_of
from zeus_installer.answers.rules import RULES
from zeus_installer.answers.shape import Either, ListOf, Scalar, Shape, Table, Words, fields_of
from zeus_installer.system.secrets import Secret

_HEAD = """\
# The answers

An answer file is [TOML](https://toml.io/). Every key has a default but for `version` and the repositories, so that this
installs a host with one empty disk and a network with DHCP:

```toml
{example}```

Unknown keys are errors, and so is what this version of Zeus cannot carry out: nothing is ignored. `zeus validate FILE`
checks a file and changes nothing; `zeus schema` prints the JSON Schema.

<!-- Made by `python -m zeus_installer.answers.reference`; edit zeus_installer/answers/keys.py instead. -->
"""


def reference() -> str:
    """Give the whole page."""
    repo = Repo(id="xapi", baseurl="https://repo.example.org/xapi", gpgkey="https://repo.example.org/key.asc")
    example = dump(Answers(packages=Packages(repos=(repo,))))
    return "\n".join([_HEAD.format(example=example), *_sections(), *_not_yet()]) + "\n"


def _sections() -> Iterator[str]:
    yield from _section("Top level", Answers)
    yield from _tables_of(Answers, "")


def _tables_of(kind: type, path: str) -> Iterator[str]:
    for name, (shape, _) in fields_of(kind).items():
        for table, place in _tables_in(shape, f"{path}{name}"):
            yield from _section(f"`{place}`", table)
            yield from _tables_of(table, f"{place}.")


def _tables_in(shape: Shape, place: str) -> Iterator[tuple[type, str]]:
    """Give the tables that a value can be; the second key with the same table is told in a line of its own row."""
    match shape:
        case Table(kind):
            yield kind, place
        case ListOf(Table(kind)):
            yield kind, f"{place}[]"
        case Either(choices):
            for choice in choices:
                yield from _tables_in(choice, place)


def _section(title: str, kind: type) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| key | value | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for name, (shape, default) in fields_of(kind).items():
        key = KEYS[kind][name]
        yield f"| `{name}` | {_value(shape, key)} | {_default(key, default)} | {key.help} |"
    yield ""
    rules = [rule.help for rule in RULES if rule.table is kind]
    if rules:
        yield "\n".join(f"- {rule}" for rule in rules) + "\n"


def _value(shape: Shape, key: Key) -> str:
    match shape:
        case Table():
            return "table"
        case Words(choices):
            return f"`{one_of(choices)}`" if len(choices) == 1 else ", ".join(f"`{describe(word)}`" for word in choices)
        case ListOf(item):
            return f"list: {_value(item, key)}"
        case Either(choices):
            return " or ".join(_value(choice, key) for choice in choices)
        case Scalar(kind):
            return _scalar(kind, key)


def _scalar(kind: type, key: Key) -> str:
    if kind is bool:
        return "`true`, `false`"
    if kind is int:
        least = "" if key.minimum is None else f" from {key.minimum}"
        most = "" if key.maximum is None else f" to {key.maximum}"
        return f"number{least}{most}"
    if key.choices:
        return ", ".join(f"`{describe(word)}`" for word in key.choices)
    if key.format is TEXT:
        return "text"
    return f"{key.format.wants}, secret" if kind is Secret else key.format.wants


def _default(key: Key, default: object) -> str:
    if key.required:
        return "required"
    if default is None or default == () or dataclasses.is_dataclass(default):
        return ""
    return f"`{describe(default)}`"


def _not_yet() -> Iterator[str]:
    yield "## What this version refuses\n"
    yield "These can be said, and a later version will carry them out; this one refuses them.\n"
    yield "| key | instead |"
    yield "| --- | --- |"
    for entry in NOT_YET:
        yield f"| {entry.what} | {entry.instead} |"
    for table, what in LATER_TABLES.items():
        yield f"| `[{table}]`: {what} | |"


if __name__ == "__main__":
    sys.stdout.write(reference())

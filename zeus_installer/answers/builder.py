"""From tomllib's data to the model, noting everything that is wrong on the way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from zeus_installer.answers.keys import KEYS, Key
from zeus_installer.answers.lines import Path, dotted
from zeus_installer.answers.model import Answers
from zeus_installer.answers.not_yet import LATER_TABLES
from zeus_installer.answers.problems import Problem, describe, did_you_mean, nearest, one_of, quoted
from zeus_installer.answers.rules import RULES
from zeus_installer.answers.shape import Either, ListOf, Scalar, Shape, Table, Words, fields_of
from zeus_installer.system.secrets import Secret, redact

T = TypeVar("T")

_WANTS: Mapping[type, str] = {str: "a string", Secret: "a string", int: "a whole number", bool: "true or false"}


class Builder:
    """Builds tables of the model. What is wrong goes to `problems`, and the default stands in for it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._unusable: set[Path] = set()

    def is_unusable(self, path: Path) -> bool:
        """Whether the value at `path`, or an item of it, is wrong by itself, or may be there under a misspelt key."""
        return path in self._unusable

    def table(self, kind: type[T], data: Mapping[str, object], path: Path) -> T:
        """Build the table `kind`; after its keys, its rules are held against it."""
        values: dict[str, object] = {}
        for name in data:
            if name not in KEYS[kind]:
                self._unknown(kind, name, path)
        for name, (shape, default) in fields_of(cast("type", kind)).items():
            key = KEYS[kind][name]
            if name in data:
                values[name] = self._value(shape, key, data[name], (*path, name), default)
            elif key.required:
                values[name] = None
                self._missing((*path, name))
        table = kind(**values)
        self._hold_rules(table, path)
        return table

    def _value(self, shape: Shape, key: Key, data: object, path: Path, default: object) -> object:
        match shape, data:
            case Table(kind), dict():
                return self.table(kind, data, path)
            case ListOf(item), list():
                return self._list(item, key, data, path)
            case Words(choices), str() | int() if data in choices and not isinstance(data, bool):
                return data
            case Scalar(kind), _ if _is_a(kind, data):
                return self._scalar(kind, key, data, path, default)
            case Either(choices), _:
                fitting = next((choice for choice in choices if _fits(choice, data)), None)
                if fitting is not None:
                    return self._value(fitting, key, data, path, default)
        self._wrong(shape, data, path)
        return default

    def _list(self, item: Shape, key: Key, data: Sequence[object], path: Path) -> tuple[object, ...]:
        if len(data) < key.items:
            self._problem(path, f"{dotted(path)} has {len(data)}, wants {key.items} or more")
        for index, value in enumerate(data):
            if not isinstance(value, dict) and value in data[:index]:
                first = dotted((*path, data.index(value)))
                self._problem((*path, index), f"{dotted((*path, index))} is the same as {first}")
        return tuple(self._value(item, key, value, (*path, index), None) for index, value in enumerate(data))

    def _scalar(self, kind: type, key: Key, data: Any, path: Path, default: object) -> object:  # noqa: ANN401 - checked
        if kind is bool:
            return data
        if kind is int:
            return self._number(key, data, path, default)
        if key.choices and data not in key.choices:
            meant = did_you_mean(nearest(data, key.choices))
            self._problem(path, f"{dotted(path)} is {describe(data)}, wants {one_of(key.choices)}{meant}")
            return default
        if not key.format.allows(data):
            fault = "is not" if kind is Secret else f"is {describe(data)}, wants"
            self._problem(path, f"{dotted(path)} {fault} {key.format.wants}", key.format.hint)
            return default
        return Secret(data) if kind is Secret else data

    def _number(self, key: Key, data: int, path: Path, default: object) -> object:
        least, most = key.minimum, key.maximum
        if (least is None or data >= least) and (most is None or data <= most):
            return data
        wants = f"{least} to {most}" if most is not None else f"{least} or more"
        self._problem(path, f"{dotted(path)} is {data}, wants {wants}")
        return default

    def _wrong(self, shape: Shape, data: object, path: Path) -> None:
        meant = did_you_mean(nearest(data, _words(shape))) if isinstance(data, str) else ""
        fault = "is not" if shape == Scalar(Secret) else f"is {describe(data)}, wants"
        self._problem(path, f"{dotted(path)} {fault} {_wants(shape)}{meant}")

    def _unknown(self, kind: type, name: str, path: Path) -> None:
        full = dotted((*path, name))
        if not path and name in LATER_TABLES:
            self._problem((name,), f"[{name}]: {LATER_TABLES[name]} cannot be carried out by this version of Zeus")
            return
        meant = _elsewhere(name) or nearest(name, list(KEYS[kind]))
        self._problem((*path, name), f"unknown key {full}{did_you_mean(meant)}")
        self._unusable.add((*path, meant))

    def _missing(self, path: Path) -> None:
        if not self.is_unusable(path):
            self._problem(path, f"{dotted(path)} is missing")

    def _hold_rules(self, table: object, path: Path) -> None:
        for rule in RULES:
            if rule.table is not type(table) or any(self.is_unusable((*path, *key.split("."))) for key in rule.keys):
                continue
            for complaint in rule.check(table):
                place = (*path, *complaint.path)
                if not self.is_unusable(place):
                    message = f"{dotted(place)} {complaint.message}"
                    self.problems.append(Problem(place, redact(message), complaint.hint))

    def _problem(self, path: Path, message: str, hint: str = "") -> None:
        self.problems.append(Problem(path, redact(message), hint))
        self._unusable.add(path)
        if isinstance(path[-1], int):
            self._unusable.add(path[:-1])


def _is_a(kind: type, data: object) -> bool:
    wanted = str if kind is Secret else kind
    return isinstance(data, wanted) and isinstance(data, bool) == (kind is bool)


def _fits(shape: Shape, data: object) -> bool:
    """Whether `data` is of the kind that `shape` is about, right or wrong in detail."""
    match shape:
        case Scalar(kind):
            return _is_a(kind, data)
        case Words(choices):
            return data in choices if isinstance(data, str) else False
        case Table():
            return isinstance(data, dict)
        case _:
            return False


def _words(shape: Shape) -> list[str]:
    match shape:
        case Words(choices):
            return [choice for choice in choices if isinstance(choice, str)]
        case Either(choices):
            return [word for choice in choices for word in _words(choice)]
        case _:
            return []


def _wants(shape: Shape) -> str:
    match shape:
        case Scalar(kind):
            return _WANTS[kind]
        case Words(choices):
            return one_of(choices)
        case ListOf():
            return "a list"
        case Table(kind):
            keys = [name for name, key in KEYS[kind].items() if key.required] or list(KEYS[kind])[:1]
            return f"a table like {{ {', '.join(f'{key} = …' for key in keys)} }}"
        case Either(choices):
            first = choices[0]
            words = ", ".join(quoted(word) for word in cast("Words", first).choices)
            return f"{words} or {_wants(choices[1])}"


def _elsewhere(name: str) -> str:
    """Give the full name of the key of that name in another table, if there is one."""
    return next((place for place in _places(Answers, "") if place.rpartition(".")[2] == name), "")


def _places(kind: type, prefix: str) -> Iterator[str]:
    """Give every key that has one fixed place, by its full name."""
    for name, (shape, _) in fields_of(kind).items():
        yield f"{prefix}{name}"
        if isinstance(shape, Table):
            yield from _places(shape.kind, f"{prefix}{name}.")

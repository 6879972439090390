"""What the operator wants of the host, key by key: from the kickstart's section, from a spoke, or from both. Pure."""

import copy
from collections.abc import Mapping
from typing import Final

from zeus_installer.answers.model import Answers
from zeus_installer.answers.problems import Problem
from zeus_installer.answers.reader import check_data

Key = tuple[str, ...]

_NOTHING: Final[Mapping[str, object]] = {"version": 1}


class WrongValueError(Exception):
    """The answers cannot have this value; the text says why, and what they can have."""


class Wishes:
    """The answers in the making: TOML's data, always such that the schema has nothing to say against it."""

    def __init__(self, data: Mapping[str, object] = _NOTHING) -> None:
        self._data: dict[str, object] = copy.deepcopy(dict(data))

    @property
    def data(self) -> dict[str, object]:
        """Give a copy of the data."""
        return copy.deepcopy(self._data)

    @property
    def answers(self) -> Answers:
        """Give the answers that the data makes, with a default for what was not said."""
        return _built(self._data)

    def says(self, *key: str) -> bool:
        """Whether something was said of a key."""
        return _get(self._data, key) is not None

    def set(self, key: Key, value: object) -> None:
        """Say something of a key; None takes it back. A `WrongValueError` leaves everything as it was."""
        self.check(key, value)
        self._data = with_value(self._data, key, value)

    def check(self, key: Key, value: object) -> None:
        """Raise a `WrongValueError` when a key cannot have this value."""
        _built(with_value(self._data, key, value))


def with_value(data: Mapping[str, object], key: Key, value: object) -> dict[str, object]:
    """Give a copy of `data` in which `key` has the value, or is gone when that is None."""
    changed = copy.deepcopy(dict(data))
    table = changed
    for name in key[:-1]:
        inner = table.setdefault(name, {})
        if not isinstance(inner, dict):
            raise WrongValueError(f"{'.'.join(key)}: {name} is not a table")
        table = inner
    if value is None:
        table.pop(key[-1], None)
    else:
        table[key[-1]] = value
    return changed


def _get(data: Mapping[str, object], key: Key) -> object:
    found: object = data
    for name in key:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _built(data: Mapping[str, object]) -> Answers:
    answers, problems = check_data(dict(data))
    if answers is None or problems:
        raise WrongValueError(_words(problems))
    return answers


def _words(problems: list[Problem]) -> str:
    return "\n".join(f"{entry.message}\n  hint: {entry.hint}" if entry.hint else entry.message for entry in problems)

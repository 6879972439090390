"""What is wrong with an answer file, as lines for people: `FILE:LINE: error: what (did you mean …?)`."""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from zeus_installer.answers.lines import Path
from zeus_installer.system.errors import UsageError, sentence_list

CODE = "answers.invalid"
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a path of the file."""

    path: Path
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, at a line of the text."""

    line: int
    message: str = field(compare=False)
    hint: str = field(compare=False, default="")


def error_line(name: str, line: int, message: str, hint: str = "") -> str:
    """Give an error as it is printed; its hint follows on lines of their own, indented."""
    return f"{name}:{line}: error: {message}" + "".join(f"\n  hint: {line}" for line in hint.splitlines())


def as_error(lines: Iterable[str]) -> UsageError:
    """Make the one error that holds them all."""
    return UsageError(CODE, "\n".join(lines))


def nearest(word: str, known: Sequence[str]) -> str:
    """Give the one of the `known` words that `word` is near to, or an empty text."""
    return next(iter(difflib.get_close_matches(word, known, n=1)), "")


def did_you_mean(word: str) -> str:
    """Give ` (did you mean "…"?)`, or nothing for no word."""
    return f" (did you mean {quoted(word)}?)" if word else ""


def quoted(value: object) -> str:
    """Give a value as a file would have it, on one line."""
    return json.dumps(value, ensure_ascii=False)


def one_of(choices: Sequence[str | int]) -> str:
    """Give `"a", "b" or "c"`."""
    return sentence_list(quoted(choice) for choice in choices).replace(" and ", " or ")


def describe(value: object) -> str:
    """Name a TOML value as errors do: the value where it is short, else its kind."""
    match value:
        case bool() | int() | float():
            return str(value).lower()
        case str():
            return quoted(_shortened(value))
        case date() | time():
            return "a date or time"
        case list():
            return "a list"
        case _:
            return "a table"


def _shortened(text: str) -> str:
    """Cut what is long or goes over lines: it may be a key that somebody pasted into the wrong place."""
    line = text.split("\n", 1)[0]
    return text if line == text and len(text) <= _SHOWN else line[:_SHOWN] + "…"

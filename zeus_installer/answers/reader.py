"""TOML in, Answers or exact errors out: every error at once, each with its line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zeus_installer.answers import lines
from zeus_installer.answers.builder import Builder
from zeus_installer.answers.model import Answers
from zeus_installer.answers.not_yet import NOT_YET
from zeus_installer.answers.problems import Fault, Problem, as_error, describe, error_line
from zeus_installer.system.errors import UsageError

_SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_KEY_IN_FRONT = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+|\[\d+\])*")


def read_answers(path: Path) -> Answers:
    """Read an answer file. A file that cannot be read, and all that is wrong in it, is one `UsageError`."""
    return parse_answers(read_text(path), str(path))


def parse_answers(text: str, name: str) -> Answers:
    """Read the text of an answer file; `name` is what errors call it."""
    answers, faults = examine(text)
    if answers is None or faults:
        raise as_error(error_line(name, fault.line, fault.message, fault.hint) for fault in faults)
    return answers


def examine(text: str) -> tuple[Answers | None, tuple[Fault, ...]]:
    """Read a text; gives all that is wrong with it, by line. Answers beside faults have defaults where one was."""
    try:
        given = read_given(text)
    except NotTomlError as error:
        return None, (error.fault,)
    return given.check()


@dataclass(frozen=True, slots=True)
class Given:
    """What a text gives before any default: TOML's data, and the line of each key."""

    data: Mapping[str, object]
    places: Mapping[lines.Path, int]

    def check(self) -> tuple[Answers | None, tuple[Fault, ...]]:
        """Build the answers; see `examine`."""
        answers, problems = check_data(dict(self.data))
        faults = (Fault(lines.line_of(entry.path, self.places), entry.message, entry.hint) for entry in problems)
        return answers, tuple(sorted(faults))


class NotTomlError(Exception):
    """The text is no TOML."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read_given(text: str) -> Given:
    """Read TOML. A `NotTomlError` says where it stops being that."""
    return Given(data=_parse_toml(text), places=lines.key_lines(text))


def read_text(path: Path) -> str:
    """Give the text of an answer file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError("answers.unreadable", f"{path}: {error.strerror}", hint="name a file with answers") from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise as_error([error_line(str(path), line, f"byte {data[error.start]:#04x} is not UTF-8")]) from error


def locate(error: UsageError, path: Path) -> UsageError:
    """Put FILE:LINE before an error whose message begins with a key (`storage.disks[0] matches 2 disks, wants 1`)."""
    text = read_text(path)
    found = _KEY_IN_FRONT.match(error.message)
    keys = re.findall(r"[a-z0-9_]+", found.group()) if found else []
    place = tuple(int(key) if key.isdigit() else key for key in keys)
    line = lines.line_of(place, lines.key_lines(text))
    return UsageError(error.code, error_line(str(path), line, error.message), hint=error.hint)


def _parse_toml(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise NotTomlError(Fault(1, "lists and tables are nested too deeply")) from error
    except ValueError as error:  # TOMLDecodeError, and what int() says of absurdly long numbers
        message = str(error)
        place = _SYNTAX_PLACE.search(message)
        line, where = text.count("\n") + 1, "at the end of the file"
        if place is not None and place[1] is not None:
            line, where = int(place[1]), f"at column {place[2]}"
        elif place is None:
            line, where = 1, "somewhere in the file"
        wrong = _SYNTAX_PLACE.sub("", message)
        raise NotTomlError(Fault(line, f"not TOML, {where}: {wrong[:1].lower()}{wrong[1:]}")) from error


def check_data(data: dict[str, object]) -> tuple[Answers | None, list[Problem]]:
    """Build the answers from TOML's data, whether it comes from a file or not. Gives all that is wrong, with its path.

    Answers beside problems have defaults where something was wrong; None is data of another version.
    """
    version = data.get("version")
    if version is None:
        rest, problems = check_data({**data, "version": 1})
        return rest, [Problem((), "version is missing", "begin the file with version = 1"), *problems]
    if version != 1 or isinstance(version, bool):
        # Another version may mean other keys: what else looks wrong here would only mislead.
        hint = "this version of Zeus reads answers of version 1"
        return None, [Problem(("version",), f"version is {describe(version)}, wants 1", hint)]
    builder = Builder()
    answers = builder.table(Answers, data, ())
    return answers, [*builder.problems, *_not_yet(answers, builder)]


def _not_yet(answers: Answers, builder: Builder) -> list[Problem]:
    problems = []
    for entry in NOT_YET:
        path = tuple(entry.key.split("."))
        value: object = answers
        for key in path:
            value = getattr(value, key, None)
        if value is not None and not builder.is_unusable(path) and entry.asks(value):
            message = f"{entry.key}: {entry.what} cannot be carried out by this version of Zeus"
            problems.append(Problem(path, message, entry.instead))
    return problems

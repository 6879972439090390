"""A text as somebody names it (`-`: what comes in): read once, as pipes need it, not without end, and as UTF-8."""

import sys
from pathlib import Path
from typing import Final

from zeus_installer.answers.problems import as_error, error_line
from zeus_installer.system.errors import UsageError

STDIN: Final = Path("-")
_MOST_BYTES: Final = 1 << 22
_REMEDY: Final = "save it as UTF-8"


class UnreadableError(Exception):
    """A file that is not there, or no text; `line` is where it is none."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {why}" if line else why)
        self.why = why
        self.line = line


def text_of(path: Path) -> str:
    """Give the text of a file, or say in an `UnreadableError` why there is none."""
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with path.open("rb") as stream:
                data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise UnreadableError(getattr(error, "strerror", None) or "no such file") from error
    if len(data) > _MOST_BYTES:
        raise UnreadableError(f"longer than {_MOST_BYTES >> 20} MiB")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"byte {data[error.start]:#04x} is not UTF-8", line) from error


def required_text(path: Path, kind: str) -> str:
    """Give the text of a file that must be there: a `UsageError` says why it is not, and what `kind` to name."""
    try:
        return text_of(path)
    except UnreadableError as error:
        if error.line is not None:
            raise as_error([error_line(str(path), error.line, error.why, _REMEDY)]) from error
        missing = isinstance(error.__cause__, FileNotFoundError | IsADirectoryError | ValueError)
        hint = f"name {kind}" if missing else ""
        raise UsageError("kickstart.unreadable", f"{path}: {error}", hint=hint) from error

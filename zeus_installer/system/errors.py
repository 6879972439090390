"""The one exception type for what a user can act on. Everything else that is raised is a bug and says so."""

from collections.abc import Iterable
from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit status of the `zeus` command."""

    DONE = 0
    BUG = 1
    USAGE = 2
    REFUSED = 3
    STEP_FAILED = 4
    NOT_VERIFIED = 5


class ZeusError(Exception):
    """Something went wrong that a person can act on.

    `code` is a stable, dotted identifier (`packages.unreachable`), `message` says what and where, `hint` what to do.
    `status` is the exit status of the command that ends with it.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", status: ExitStatus = ExitStatus.STEP_FAILED) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message


class UsageError(ZeusError):
    """Bad answers or a wrong command line: exit status 2, nothing was touched."""

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(code, message, hint=hint, status=ExitStatus.USAGE)


class RefusedError(ZeusError):
    """The machine, or the state it is in, does not allow what was asked for: exit status 3, nothing was touched."""

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(code, message, hint=hint, status=ExitStatus.REFUSED)


def sentence_list(items: Iterable[str]) -> str:
    """Join `items` as people write them: `a`, `a and b`, `a, b and c`."""
    *head, last = list(items) or [""]
    return f"{', '.join(head)} and {last}" if head else last

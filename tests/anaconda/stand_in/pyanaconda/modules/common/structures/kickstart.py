"""What a module says about its part of a kickstart file."""

from collections.abc import Sequence
from typing import Any, Self

from dasbus.structure import DBusData
from dasbus.typing import List, Str, UInt32


class KickstartMessage(DBusData):
    """One error or warning. The module gives text and line; Boss knows which file that line stood in."""

    def __init__(self) -> None:
        self._module_name = self._file_name = self._message = ""
        self._line_number = 0

    @property
    def module_name(self) -> Str:
        """Service that said it."""
        return self._module_name

    @module_name.setter
    def module_name(self, value: Str) -> None:
        self._module_name = value

    @property
    def file_name(self) -> Str:
        """File of the line."""
        return self._file_name

    @file_name.setter
    def file_name(self, value: Str) -> None:
        self._file_name = value

    @property
    def line_number(self) -> UInt32:
        """Counted from 1; 0 means none."""
        return UInt32(self._line_number)

    @line_number.setter
    def line_number(self, value: UInt32) -> None:
        self._line_number = value

    @property
    def message(self) -> Str:
        """All that the user gets to see (pyanaconda/kickstart.py)."""
        return self._message

    @message.setter
    def message(self, value: Str) -> None:
        self._message = value

    @classmethod
    def for_error(cls, e: Any) -> Self:
        """From pykickstart's exception: its own words without the line that it puts around them."""
        return cls._make(e.message, e.lineno or 0)

    @classmethod
    def for_warning(cls, warn_msg: str) -> Self:
        """From pykickstart's warning, which knows no line."""
        return cls._make(warn_msg, 0)

    @classmethod
    def _make(cls, text: str, line: int) -> Self:
        made = cls()
        made.message, made.line_number = text, line
        return made

    def __str__(self) -> str:
        return str(self._message)


class KickstartReport(DBusData):
    """All that a module says about its part."""

    def __init__(self) -> None:
        self._error_messages: list[KickstartMessage] = []
        self._warning_messages: list[KickstartMessage] = []

    @property
    def error_messages(self) -> List[KickstartMessage]:
        """What is wrong."""
        return self._error_messages

    @error_messages.setter
    def error_messages(self, messages: Sequence[KickstartMessage]) -> None:
        self._error_messages = list(messages)

    @property
    def warning_messages(self) -> List[KickstartMessage]:
        """What is worth a look."""
        return self._warning_messages

    @warning_messages.setter
    def warning_messages(self, messages: Sequence[KickstartMessage]) -> None:
        self._warning_messages = list(messages)

    def is_valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self._error_messages

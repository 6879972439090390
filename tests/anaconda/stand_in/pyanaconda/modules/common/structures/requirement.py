"""What a module needs in the new system."""

from typing import Self

from dasbus.structure import DBusData
from dasbus.typing import Str


class Requirement(DBusData):
    """A package or a group of packages, which the payload installs with the rest."""

    def __init__(self) -> None:
        self._type = self._name = self._reason = ""

    @property
    def type(self) -> Str:
        """`package` or `group`."""
        return self._type

    @type.setter
    def type(self, value: Str) -> None:
        self._type = value

    @property
    def name(self) -> Str:
        """Of the package or group."""
        return self._name

    @name.setter
    def name(self, value: Str) -> None:
        self._name = value

    @property
    def reason(self) -> Str:
        """Why, for the log."""
        return self._reason

    @reason.setter
    def reason(self, value: Str) -> None:
        self._reason = value

    @classmethod
    def for_package(cls, package_name: str, reason: str = "") -> Self:
        """Need a package."""
        return cls._make("package", package_name, reason)

    @classmethod
    def for_group(cls, group_name: str, reason: str = "") -> Self:
        """Need a group."""
        return cls._make("group", group_name, reason)

    @classmethod
    def _make(cls, kind: str, name: str, reason: str) -> Self:
        made = cls()
        made.type, made.name, made.reason = kind, name, reason
        return made

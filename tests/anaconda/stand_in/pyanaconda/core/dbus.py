"""Anaconda's own message bus, and how exceptions become D-Bus errors."""

import os

from dasbus.connection import MessageBus
from dasbus.constants import DBUS_STARTER_ADDRESS
from dasbus.error import AbstractErrorRule, ErrorMapper, get_error_decorator

from pyanaconda.core.constants import DBUS_ANACONDA_SESSION_ADDRESS
from pyanaconda.modules.common.errors import register_errors


class AnacondaBus(MessageBus):
    """The bus that started this process, else the installer's."""

    @property
    def address(self) -> str:
        """Where the bus listens."""
        for name in (DBUS_STARTER_ADDRESS, DBUS_ANACONDA_SESSION_ADDRESS):
            if name in os.environ:
                return os.environ[name]
        raise ConnectionError("Can't find Anaconda bus address!")

    def _get_connection(self) -> object:
        return self._provider.get_addressed_bus_connection(self.address)


class AnyExceptionRule(AbstractErrorRule):
    """Whatever has no name of its own leaves the process as AnacondaError; no such rule holds for what comes in."""

    def match_type(self, exception_type: type[Exception]) -> bool:  # noqa: ARG002
        """Every exception."""
        return True

    def get_name(self, exception_type: type[Exception]) -> str:  # noqa: ARG002
        """One name for all."""
        return "org.fedoraproject.Anaconda.Error"

    def match_name(self, error_name: str) -> bool:  # noqa: ARG002
        """No name."""
        return False

    def get_type(self, error_name: str) -> None:
        """No type."""


class AnacondaErrorMapper(ErrorMapper):
    """dasbus's rules, and the last resort below them."""

    def reset_rules(self) -> None:
        """Start anew; rules that are added later win."""
        super().reset_rules()
        self.add_rule(AnyExceptionRule())


error_mapper = AnacondaErrorMapper()
dbus_error = get_error_decorator(error_mapper)
register_errors()
DBus = AnacondaBus(error_mapper=error_mapper)

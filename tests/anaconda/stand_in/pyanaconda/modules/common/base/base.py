"""The work of a module that reads and writes kickstart."""

import locale as locales
import logging
import os
import warnings
from collections.abc import Sequence
from typing import Any

from dasbus.loop import EventLoop
from gi.repository import GLib
from pykickstart.errors import KickstartError, KickstartParseWarning

from pyanaconda.core.dbus import DBus
from pyanaconda.core.kickstart.specification import (
    KickstartSpecification,
    KickstartSpecificationHandler,
    KickstartSpecificationParser,
    NoKickstartSpecification,
)
from pyanaconda.core.signal import Signal
from pyanaconda.modules.common.structures.kickstart import KickstartMessage, KickstartReport
from pyanaconda.modules.common.structures.requirement import Requirement
from pyanaconda.modules.common.task import Task

log = logging.getLogger(__name__)


class KickstartService:
    """A module in a process of its own. A subclass publishes itself and overrides what it takes part in."""

    def __init__(self) -> None:
        self._loop = EventLoop()
        self._kickstarted = False
        self.module_properties_changed = Signal()
        self.kickstarted_changed = Signal()

    @property
    def loop(self) -> Any:
        """The main loop."""
        return self._loop

    def publish(self) -> None:
        """Put objects and name on the bus."""

    def run(self) -> None:
        """Serve until told to stop."""
        self.publish()
        self._loop.run()

    def stop(self) -> None:
        """Stop, when the caller of this has its answer."""
        GLib.timeout_add_seconds(1, self._stop_now)

    def _stop_now(self) -> bool:
        DBus.disconnect()
        self._loop.quit()
        return False

    def set_locale(self, locale: str) -> None:
        """Speak another language from now on."""
        os.environ["LANG"] = locale
        locales.setlocale(locales.LC_ALL, locale)

    @property
    def kickstart_specification(self) -> type[KickstartSpecification]:
        """What it claims of a kickstart file."""
        return NoKickstartSpecification

    @property
    def kickstarted(self) -> bool:
        """Whether a kickstart file said something about it, without an error."""
        return self._kickstarted

    @kickstarted.setter
    def kickstarted(self, value: bool) -> None:
        self._kickstarted = value
        self.kickstarted_changed.emit()

    def get_kickstart_handler(self) -> Any:
        """An empty holder of its data."""
        return KickstartSpecificationHandler(self.kickstart_specification)

    def get_kickstart_parser(self, handler: Any) -> Any:
        """A parser that fills `handler`."""
        return KickstartSpecificationParser(handler, self.kickstart_specification)

    def process_kickstart(self, data: Any) -> None:
        """Take over what was read."""

    def setup_kickstart(self, data: Any) -> None:
        """Fill in what is to be written."""

    def read_kickstart(self, s: str) -> KickstartReport:
        """Read its part of a file. Only pykickstart's errors are reported; any other one leaves as a D-Bus error."""
        report = KickstartReport()
        try:
            handler = self.get_kickstart_handler()
            parser = self.get_kickstart_parser(handler)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", category=KickstartParseWarning)
                parser.readKickstartFromString(s)
                self.process_kickstart(handler)
            warned = [one for one in caught if issubclass(one.category, KickstartParseWarning)]
            report.warning_messages = [KickstartMessage.for_warning(str(one.message)) for one in warned]
        except KickstartError as error:
            report.error_messages = [KickstartMessage.for_error(error)]
        else:
            self.kickstarted = True
        return report

    def generate_kickstart(self) -> str:
        """Write its part of a file."""
        handler = self.get_kickstart_handler()
        self.setup_kickstart(handler)
        return str(handler)

    def collect_requirements(self) -> Sequence[Requirement]:
        """What it needs in the new system."""
        return []

    def configure_with_tasks(self) -> Sequence[Task]:
        """What it does first of all."""
        return []

    def configure_bootloader_with_tasks(self, kernel_versions: Sequence[str]) -> Sequence[Task]:  # noqa: ARG002
        """What it does when the packages are there and the boot loader is not."""
        return []

    def install_with_tasks(self) -> Sequence[Task]:
        """What it does when all else is set up, before the initramfs is made."""
        return []

    def teardown_with_tasks(self) -> Sequence[Task]:
        """What it does when the storage is let go."""
        return []

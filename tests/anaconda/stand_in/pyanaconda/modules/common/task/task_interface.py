"""A task on the bus."""

from typing import Any

from dasbus.server.interface import dbus_interface, dbus_signal
from dasbus.server.template import InterfaceTemplate
from dasbus.typing import Bool, Int, Str, Tuple, Variant

from pyanaconda.modules.common.constants.interfaces import TASK
from pyanaconda.modules.common.errors.task import NoResultError


@dbus_interface(TASK.interface_name)
class TaskInterface(InterfaceTemplate):
    """What callers see of a task. A task with a result has an interface of its own, which converts it."""

    def connect_signals(self) -> None:
        """Pass the task's signals on."""
        task = self.implementation
        task.progress_changed_signal.connect(self.ProgressChanged)
        task.started_signal.connect(self.Started)
        task.stopped_signal.connect(self.Stopped)
        task.failed_signal.connect(self.Failed)
        task.succeeded_signal.connect(self.Succeeded)

    @property
    def Name(self) -> Str:
        """What it does."""
        return self.implementation.name

    @property
    def Progress(self) -> Tuple[Int, Str]:
        """Step and message of the last report."""
        return self.implementation.progress

    @property
    def Steps(self) -> Int:
        """How many there are."""
        return self.implementation.steps

    @property
    def IsRunning(self) -> Bool:
        """Whether it was started and has not ended."""
        return self.implementation.is_running

    @dbus_signal
    def ProgressChanged(self, step: Int, message: Str) -> None:
        """It reported."""

    @dbus_signal
    def Started(self) -> None:
        """It runs."""

    @dbus_signal
    def Stopped(self) -> None:
        """It ended, in whatever way."""

    @dbus_signal
    def Failed(self) -> None:
        """It raised."""

    @dbus_signal
    def Succeeded(self) -> None:
        """It did what it should."""

    def Start(self) -> None:
        """Run it, in a thread."""
        self.implementation.start()

    def Cancel(self) -> None:
        """Ask it to stop."""
        self.implementation.cancel()

    def Finish(self) -> None:
        """After its end: raise what it raised."""
        self.implementation.finish()

    @staticmethod
    def convert_result(value: Any) -> Variant:  # noqa: ARG004
        """Make the result fit for the bus."""
        raise NoResultError("The result is not publishable.")

    def GetResult(self) -> Variant:
        """The converted result."""
        return self.convert_result(self.implementation.get_result())

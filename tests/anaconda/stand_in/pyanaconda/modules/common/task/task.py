"""The task itself."""

import logging
import traceback
from abc import ABC, abstractmethod
from itertools import count
from threading import Lock, Thread
from typing import Any, ClassVar

from dasbus.server.publishable import Publishable

from pyanaconda.core.constants import THREAD_DBUS_TASK
from pyanaconda.core.signal import Signal
from pyanaconda.core.threads import call_in_main_thread
from pyanaconda.modules.common.errors.task import NoResultError
from pyanaconda.modules.common.task.task_interface import TaskInterface

log = logging.getLogger(__name__)


class Task(Publishable, ABC):
    """Work that runs in a thread of its own. Signals come from the main loop, so they may be late."""

    _numbers: "ClassVar[count[int]]" = count(1)

    def __init__(self) -> None:
        self.progress_changed_signal = Signal()
        self.started_signal = Signal()
        self.stopped_signal = Signal()
        self.failed_signal = Signal()
        self.succeeded_signal = Signal()
        self._thread_name = f"{THREAD_DBUS_TASK}-{type(self).__name__}-{next(self._numbers)}"
        self._lock = Lock()
        self._running = False
        self._cancelled = False
        self._progress = (0, "")
        self._result: Any = None
        self._error: BaseException | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """What it does, for the log and the screen."""

    @abstractmethod
    def run(self) -> Any:
        """Do it. Errors are raised; the result, if any, is returned."""

    @property
    def steps(self) -> int:
        """How many steps it counts; a report never goes beyond."""
        return 1

    @property
    def progress(self) -> tuple[int, str]:
        """Step and message of the last report."""
        with self._lock:
            return self._progress

    @property
    def is_running(self) -> bool:
        """Whether its thread is there."""
        with self._lock:
            return self._running

    def for_publication(self) -> Any:
        """The interface to publish."""
        return TaskInterface(self)

    def start(self) -> None:
        """Begin, in a thread that does not keep the process alive. A second start while it runs is an error."""
        with self._lock:
            if self._running:
                raise KeyError(f"Cannot add thread '{self._thread_name}', a thread with the same name already running")
            self._running = True
        Thread(target=self._work, name=self._thread_name, daemon=True).start()

    def finish(self) -> None:
        """Raise what it raised, once."""
        error, self._error = self._error, None
        if error is not None:
            raise error

    def get_result(self) -> Any:
        """What it returned."""
        with self._lock:
            if self._result is None:
                raise NoResultError("The result is not provided.")
            return self._result

    def cancel(self) -> None:
        """Ask it to stop. One that has not begun will do nothing."""
        with self._lock:
            self._cancelled = True

    def check_cancel(self) -> bool:
        """Whether it was asked to stop."""
        with self._lock:
            return self._cancelled

    def report_progress(self, message: str, step_number: int | None = None, step_size: int | None = None) -> None:
        """Tell what is being done. Steps never go back."""
        call_in_main_thread(self._report, message, step_number, step_size)

    def run_with_signals(self) -> Any:
        """Run here and now, with the same signals as in a thread; gives the result, or None."""
        call_in_main_thread(self.started_signal.emit)
        try:
            self._run_unless_cancelled()
        except Exception:
            call_in_main_thread(self.failed_signal.emit)
            raise
        finally:
            call_in_main_thread(self.stopped_signal.emit)
        return self._result

    def _report(self, message: str, step_number: int | None, step_size: int | None) -> None:
        with self._lock:
            step, _ = self._progress
            wanted = (step if step_number is None else step_number) + (step_size or 0)
            self._progress = (min(max(wanted, step), self.steps), message)
        self.progress_changed_signal.emit(*self.progress)

    def _work(self) -> None:
        call_in_main_thread(self.started_signal.emit)
        try:
            self._run_unless_cancelled()
        except BaseException as error:  # noqa: BLE001 whatever it is, the caller of finish() gets it
            log.error("Thread %s has failed: %s", self._thread_name, traceback.format_exc())
            self._error = error
            call_in_main_thread(self.failed_signal.emit)
        finally:
            with self._lock:
                self._running = False
            call_in_main_thread(self.stopped_signal.emit)

    def _run_unless_cancelled(self) -> None:
        if not self.check_cancel():
            log.info(self.name)
            result = self.run()
            with self._lock:
                self._result = result
        if not self.check_cancel():
            call_in_main_thread(self.succeeded_signal.emit)

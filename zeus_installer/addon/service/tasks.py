"""The add-on's tasks, as Anaconda's queue runs them: each in a thread of the service's process."""

from collections.abc import Callable
from typing import Final

from pyanaconda.modules.common.task import Task

from zeus_installer.addon.errors import ending_the_installation
from zeus_installer.addon.inquiry import Inquiry
from zeus_installer.addon.install import install_host
from zeus_installer.kickstart.refusals import tell
from zeus_installer.machine.identity import read_identity
from zeus_installer.machine.tree import Tree
from zeus_installer.plan import refuse_failures
from zeus_installer.reporting.once import tell_begin
from zeus_installer.steps.registry import STEPS
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.events import Event, Kind
from zeus_installer.system.target import Target

Ask = Callable[[], Inquiry]

_STEPS: Final = tuple(step.id for step in STEPS if step.half == "linux")


class CheckTask(Task):
    """Look at the machine and judge it. `strict`: what fails ends the installation, before anything is written."""

    def __init__(self, ask: Ask, *, strict: bool) -> None:
        super().__init__()
        self._ask = ask
        self._strict = strict

    @property
    def name(self) -> str:
        """Its name in Anaconda's log and progress."""
        return "Check the machine for Xen"

    def run(self) -> None:
        """Check."""
        self.report_progress("Checking the machine for Xen")
        with ending_the_installation(self.report_progress):
            inquiry = self._ask()
            if self._strict:
                _judge(inquiry)


def _judge(inquiry: Inquiry) -> None:
    """Refuse, or let the installation begin; whoever is to be told of it is told."""
    report = inquiry.answers.report
    try:
        refuse_failures(inquiry.findings)
    except RefusedError as error:
        tell(inquiry.answers, error, Target())
        raise
    if report is not None:
        tell_begin(report, read_identity(Tree(Target().root)), hostname=inquiry.answers.host.hostname)


class InstallTask(Task):
    """Make the installed system a Xen host. `inquiry` gives the last look, and makes one when there was none."""

    def __init__(self, root: str, inquiry: Ask) -> None:
        super().__init__()
        self._target = Target(root=Target().path(root))
        self._inquiry = inquiry

    @property
    def name(self) -> str:
        """Its name in Anaconda's log and progress."""
        return "Make this system a Xen host"

    @property
    def steps(self) -> int:
        """How many steps there are to report."""
        return len(_STEPS) + 1

    def run(self) -> None:
        """Run the plan's first half."""
        with ending_the_installation(self.report_progress):
            inquiry = self._inquiry()
            outcome = install_host(
                self._target, inquiry.answers, inquiry.around, agreed=inquiry.destroys, sink=self._tell
            )
        if outcome.result == "first-boot":
            self.report_progress(f"Zeus: left to the first boot: {outcome.what}", step_number=self.steps)

    def _tell(self, event: Event) -> None:
        step = event.path.split("/")[1] if "/" in event.path else ""
        if event.kind in (Kind.START, Kind.PROGRESS) and step in _STEPS:
            self.report_progress(f"Zeus: {event.title}", step_number=_STEPS.index(step) + 1)

"""What lies before the operator: what was typed and chosen, what the machine is, and what is known by now."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from zeus_installer.checks.model import Finding
from zeus_installer.machine.model import Machine
from zeus_installer.system.codec import Json
from zeus_installer.system.events import Failure

if TYPE_CHECKING:
    from zeus_installer.screens.jobs import Job
    from zeus_installer.worker.estimate import Progress

LOG_LINES: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrators:
    """Whose password counts on this machine: `asked` whether one is to be given, `open` that there is none yet."""

    names: Sequence[str]
    asked: bool
    readable: bool
    open: bool


@dataclass(slots=True, kw_only=True)
class Desk:
    """The state of the wizard, without any of its looks.

    `machine_file` names another machine than this one; of a dry run `speed` is how fast it plays, `fail` a step that
    fails. `console`: a login prompt waits until the wizard ends. `inputs` are kept by field name, and are all that the
    draft keeps; `typed` are the texts of secret fields: they live here and nowhere else, until they are hashed. `jobs`
    are the orders given to the worker. `holder` is the process and the console that has the forms, when it is another.
    """

    machine_file: str | None = None
    dry_run: bool = False
    console: bool = False
    speed: float = 1.0
    fail: str | None = None
    inputs: dict[str, Json] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    jobs: dict[str, "Job"] = field(default_factory=dict)
    said: str = ""
    holder: str = ""
    patience: int = 0

    machine: Machine | None = None
    findings: tuple[Finding, ...] = ()
    administrators: Administrators | None = None
    admitted: bool = False
    refused: int = 0
    waits: bool = False

    asked: Mapping[str, Json] | None = None
    repositories: Finding | None = None
    plan: Mapping[str, Any] | None = None
    view: Mapping[str, Any] | None = None

    progress: "Progress | None" = None
    status: Mapping[str, Any] | None = None
    log: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    countdown: int | None = None
    host: Mapping[str, Any] | None = None

    def is_on(self, name: str) -> bool:
        """Whether a toggle is on."""
        return self.inputs.get(name) is True

    def is_busy(self, job: str) -> bool:
        """Whether an order to the worker is under way."""
        return job in self.jobs and self.jobs[job].running

    @property
    def state(self) -> str:
        """Where the run stands, as `zeus status` calls it; empty while there is none."""
        return "" if self.status is None else str(self.status["state"])

    @property
    def error(self) -> Failure | None:
        """Why the run has stopped."""
        told = None if self.status is None else self.status.get("error")
        return Failure(**{key: str(told.get(key) or "") for key in ("code", "message", "hint")}) if told else None

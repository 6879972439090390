"""One step of a run as its events tell of it: its state, what it does at the moment, and how long that still takes."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from zeus_installer.system.events import Event, Result
from zeus_installer.worker import typical
from zeus_installer.worker.amount import Amount

# What takes longer than it usually does is never said to be over already.
_AT_LEAST: Final = 0.05


class StepState(StrEnum):
    """How a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(slots=True)
class Part:
    """The part of a step that is under way. `name` is empty for what the step does apart from its parts."""

    name: str
    title: str | None
    began: float
    amount: Amount = field(default_factory=Amount)
    detail: str | None = None


@dataclass(slots=True)
class TrackedStep:
    """What is known of one step. Times are seconds; `passed` are the usual parts that are over."""

    id: str
    title: str
    half: str
    state: StepState = StepState.WAITING
    began: float | None = None
    seconds: float | None = None
    part: Part | None = None
    passed: set[str] = field(default_factory=set)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state in (StepState.DONE, StepState.SKIPPED)

    def start(self, at: float) -> None:
        """It begins, for the first time or again."""
        self.state, self.began, self.seconds, self.passed = StepState.RUNNING, at, None, set()
        self.part = Part("", None, at)

    def finish(self, result: Result | None, at: float) -> None:
        """It ends. What an earlier run has done stays done, with the time that it took then."""
        if result is Result.SKIPPED:
            self.state = StepState.DONE if self.state is StepState.DONE else StepState.SKIPPED
        else:
            self.state = StepState.FAILED if result is Result.FAILED else StepState.DONE
            self.seconds = None if self.began is None else max(0.0, at - self.began)
        if self.state is not StepState.FAILED:
            self.part = None

    def wait(self) -> None:
        """A new run has begun, and what is not finished is still to come."""
        if not self.finished:
            self.state, self.began, self.seconds, self.part = StepState.WAITING, None, None, None

    def start_part(self, name: str, event: Event, at: float) -> None:
        """A part begins."""
        self.part = Part(name, event.title, at, Amount(total=event.total, unit=event.unit))

    def finish_part(self, name: str, result: Result | None, at: float) -> float | None:
        """A part ends; gives what it took when it is the one that was under way. One that failed stays in view."""
        if result is Result.FAILED:
            return None
        if name in typical.PARTS.get(self.id, {}):
            self.passed.add(name)
        part = self.part
        if part is None or part.name != name:
            return None
        self.part = Part("", None, at)
        return max(0.0, at - part.began)

    def progress(self, event: Event, at: float) -> None:
        """What is under way has come further."""
        if self.part is not None:
            self.part.detail = event.title
            self.part.amount.take(event, at)

    def elapsed(self, at: float) -> float | None:
        """Give what it took, or has taken so far."""
        if self.state is StepState.RUNNING and self.began is not None:
            return max(0.0, at - self.began)
        return self.seconds

    def remaining(self, pace: float, at: float) -> float:
        """Give the seconds that are left when everything takes `pace` times what it usually does."""
        if self.finished:
            return 0.0
        parts = typical.PARTS.get(self.id, {})
        own = typical.STEPS.get(self.id, typical.OTHER_STEP) * pace
        if self.state is not StepState.RUNNING or self.part is None:
            return own + sum(parts.values()) * pace
        under_way, spent = self.part, max(0.0, at - self.part.began)
        later = sum(usual for name, usual in parts.items() if name not in self.passed and name != under_way.name)
        usual = own if not under_way.name and not later else parts.get(under_way.name, 0.0) * pace
        left = under_way.amount.remaining(at, elapsed=spent)
        if left is None:
            left = max(usual - spent, usual * _AT_LEAST)
        return left + later * pace + (own if under_way.name or later else 0.0)

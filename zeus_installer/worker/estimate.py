"""How far a run is, and how long it will still take, told from its events alone. Pure; user interfaces import it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zeus_installer.system.events import Event, Kind, Result
from zeus_installer.worker import typical
from zeus_installer.worker.tracked import StepState, TrackedStep

# The half of a run by the first name in its events' paths.
HALVES: Final = {"install": "linux", "finish": "dom0"}

# So many seconds are taken to have gone at the usual pace before the run began: one quick step proves little.
_PRIOR_SECONDS: Final = 10.0
_PACE_LIMIT: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step as it stands. `seconds` is what it took, or has taken so far; the rest is of what it does at the moment:

    `part` is its title, `detail` the thing in hand, `rate` is in `unit`s a second.
    """

    id: str
    title: str
    half: str
    state: StepState
    seconds: float | None = None
    part: str | None = None
    detail: str | None = None
    done: int | None = None
    total: int | None = None
    unit: str | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All steps, the half that is under way, and the seconds that are left of it. None is not known."""

    steps: tuple[StepView, ...]
    half: str | None = None
    remaining: float | None = None


class Progress:
    """Takes events, old ones and live ones alike, at a cost that does not grow with their number.

    `steps` are those of the worker's `plan` line. Every `now` is in seconds since 1970, as `time.time` gives it.
    """

    def __init__(self, steps: Iterable[Mapping[str, str]]) -> None:
        self._steps = {step["id"]: TrackedStep(step["id"], step["title"], step["half"]) for step in steps}
        self._half: str | None = None
        self._runs = False
        self._latest = 0.0
        self._taken = 0.0
        self._usual = self._took = _PRIOR_SECONDS

    def take(self, event: Event, now: float) -> None:
        """Take an event that came at `now`."""
        at = _seconds(event.time, otherwise=now)
        self._latest, self._taken = at, now
        root, _, rest = event.path.partition("/")
        if root not in HALVES:
            return
        self._half = HALVES[root]
        name, _, part = rest.partition("/")
        if not name:
            self._take_root(event)
        elif name in self._steps:
            self._runs = True
            self._take_step(self._steps[name], part, event, at)

    def stop(self) -> None:
        """Nothing runs any more, as a status says: what is under way was interrupted."""
        for step in self._steps.values():
            if step.state is StepState.RUNNING:
                step.finish(Result.FAILED, self._latest)
        self._runs = False

    def view(self, now: float) -> View:
        """Give how everything stands at `now`."""
        at = self._clock(now)
        steps = tuple(_view(step, at) for step in self._steps.values())
        return View(steps=steps, half=self._half, remaining=self._remaining(at))

    def _take_root(self, event: Event) -> None:
        if event.kind is Kind.START:
            self._runs = True
            for step in self._steps.values():
                if step.half == self._half:
                    step.wait()
        elif event.kind is Kind.FINISH:
            self._runs = False

    def _take_step(self, step: TrackedStep, part: str, event: Event, at: float) -> None:
        match event.kind:
            case Kind.START if not part:
                step.start(at)
            case Kind.FINISH if not part:
                step.finish(event.result, at)
                if step.state is StepState.DONE and event.result is Result.OK and step.id not in typical.PARTS:
                    self._learn(typical.of_step(step.id), step.seconds)
            case Kind.START if "/" not in part:
                step.start_part(part, event, at)
            case Kind.FINISH if "/" not in part:
                took = step.finish_part(part, event.result, at)
                if part not in typical.NETWORK_PARTS:
                    self._learn(typical.PARTS.get(step.id, {}).get(part), took)
            case Kind.PROGRESS:
                step.progress(event, at)

    def _learn(self, usual: float | None, took: float | None) -> None:
        if usual is not None and took is not None:
            self._usual += usual
            self._took += took

    def _remaining(self, at: float) -> float | None:
        if not self._runs:
            return None
        pace = min(max(self._took / self._usual, 1 / _PACE_LIMIT), _PACE_LIMIT)
        return sum(step.remaining(pace, at) for step in self._steps.values() if step.half == self._half)

    def _clock(self, now: float) -> float:
        """Give the time in terms of the events'. A rehearsal's run ahead; old ones are of the past, and stay there."""
        if not self._runs:
            return self._latest
        return max(now, self._latest + max(0.0, now - self._taken))


def _view(step: TrackedStep, at: float) -> StepView:
    part = step.part
    return StepView(
        id=step.id,
        title=step.title,
        half=step.half,
        state=step.state,
        seconds=step.elapsed(at),
        part=part.title if part else None,
        detail=part.detail if part else None,
        done=part.amount.done if part else None,
        total=part.amount.total if part else None,
        unit=part.amount.unit if part else None,
        rate=part.amount.rate(at) if part and step.state is StepState.RUNNING else None,
    )


def _seconds(time: str, *, otherwise: float) -> float:
    try:
        return datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError, OSError, TypeError):
        return otherwise

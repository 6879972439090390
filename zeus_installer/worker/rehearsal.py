"""A run that never happens: the events and states of a plan, in usual time. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from zeus_installer.engine.status import State, Status
from zeus_installer.plan import Plan
from zeus_installer.steps.base import Half, Step
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.steps.wait_for_xapi import WaitForXapi
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Failure, Reporter, Sink
from zeus_installer.worker import typical
from zeus_installer.worker.failures import failure_of
from zeus_installer.worker.rehearsed_packages import Beats, rehearse_packages

_XAPI_SECONDS = 5.0


def rehearsal(plan: Plan, *, fail: str | None = None) -> Iterator[tuple[float, Event | Status]]:
    """Play a run of `plan`: every event and status with the seconds that pass before it. Times count from the plan's.

    The step `fail` fails once; after its status the same half runs again, as it does after `zeus resume`.
    """
    told: list[Event] = []
    clock = datetime.fromisoformat(plan.created)
    pause = 0.0
    for beat in _run(plan, told.append, fail):
        for event in told:
            yield pause, replace(event, time=rfc3339(clock))
            pause = 0.0
        told.clear()
        if isinstance(beat, Status):
            yield pause, beat
            pause = 0.0
        else:
            pause += beat
            clock += timedelta(seconds=beat)


def rfc3339(time: datetime) -> str:
    """Give a time as events have it."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _run(plan: Plan, sink: Sink, fail: str | None) -> Iterator[float | Status]:
    done: list[str] = []
    yield from _half(plan, "linux", State.RUNNING, sink, fail, done)
    yield Status(state=State.READY_TO_REBOOT, step=done[-1] if done else None, plan=plan.id)
    yield typical.REBOOT
    yield from _half(plan, "dom0", State.FINISHING, sink, fail, done)
    yield Status(state=State.DONE, step=done[-1] if done else None, plan=plan.id)


def _half(
    plan: Plan, half: Half, state: State, sink: Sink, fail: str | None, done: list[str]
) -> Iterator[float | Status]:
    """Play a half, twice when it fails the first time."""
    while True:
        yield Status(state=state, step=done[-1] if done else None, plan=plan.id)
        try:
            yield from _attempt(plan, half, Reporter(sink, run=plan.id), fail, done)
        except ZeusError as error:
            failure = Failure(code=error.code, message=error.message, hint=error.hint)
            yield Status(state=State.FAILED, step=fail, plan=plan.id, error=failure)
            fail = None
        else:
            return


def _attempt(plan: Plan, half: Half, reporter: Reporter, fail: str | None, done: list[str]) -> Iterator[float]:
    name, title = ("install", "Prepare the host") if half == "linux" else ("finish", "Finish the host in dom0")
    with reporter.task(name, title) as report:
        for step in plan.half(half):
            if step.id in done:
                report.skipped(step.id, step.title)
                continue
            with report.task(step.id, step.title) as part:
                yield from _step(step, part, failure_of(step.id, plan) if step.id == fail else None)
            done.append(step.id)
        if half == "dom0":
            with report.task("report", "Write the report"):
                yield typical.REPORT
    if half == "linux":
        reporter.log("the host is ready to reboot into Xen (trial boot): reboot it when it suits you")
    yield 0.0


def _step(step: Step, report: Reporter, failure: ZeusError | None) -> Beats:
    if isinstance(step, InstallPackages):
        yield from rehearse_packages(step, report, failure)
        return
    change = step.describe()
    lines = [*change.changes, *(f"write {file.path}" for file in change.files)]
    seconds = typical.of_step(step.id)
    if isinstance(step, WaitForXapi):
        yield from _wait(step, report, seconds)
        seconds = 0.0
    if failure is None:
        yield from _say(lines, report, seconds)
        return
    yield from _say(lines[: len(lines) // 2], report, seconds / 2)
    raise failure


def _say(lines: Sequence[str], report: Reporter, seconds: float) -> Beats:
    for line in lines:
        yield seconds / (len(lines) + 1)
        report.log(line)
    yield seconds / (len(lines) + 1)


def _wait(step: WaitForXapi, report: Reporter, seconds: float) -> Beats:
    waited = 0.0
    while waited < seconds:
        report.progress(
            "waiting for xapi: it has not opened its socket /var/lib/xcp/xapi",
            done=int(waited),
            total=step.seconds,
            unit="s",
        )
        yield _XAPI_SECONDS
        waited += _XAPI_SECONDS

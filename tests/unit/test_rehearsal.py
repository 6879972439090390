"""A rehearsed run has the shape of a real one."""

from itertools import pairwise

import pytest

from tests.component.test_stored_plan import make
from tests.unit.answers_strategies import STAGES
from zeus_installer.answers.model import Hook
from zeus_installer.engine.status import State, Status
from zeus_installer.plan import Plan
from zeus_installer.steps.registry import STEPS
from zeus_installer.system.events import Event, Kind, Result
from zeus_installer.worker import typical
from zeus_installer.worker.rehearsal import rehearsal


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make(hooks=tuple(Hook(stage=stage, url="https://192.0.2.1/hook", sha256="0" * 64) for stage in STAGES))


def events(plan: Plan, *, fail: str | None = None) -> list[Event]:
    return [moment for _, moment in rehearsal(plan, fail=fail) if isinstance(moment, Event)]


def states(plan: Plan, *, fail: str | None = None) -> list[State]:
    return [moment.state for _, moment in rehearsal(plan, fail=fail) if isinstance(moment, Status)]


def test_every_step_is_begun_and_ended_in_order(plan: Plan) -> None:
    steps = [
        (event.kind, event.path, event.title)
        for event in events(plan)
        if event.path.count("/") == 1 and event.kind in (Kind.START, Kind.FINISH)
    ]
    roots = {"linux": "install", "dom0": "finish"}
    assert steps == [
        *(
            (kind, f"{roots[step.half]}/{step.id}", step.title)
            for step in plan.steps
            for kind in (Kind.START, Kind.FINISH)
        ),
        (Kind.START, "finish/report", "Write the report"),
        (Kind.FINISH, "finish/report", "Write the report"),
    ]


def test_states_come_in_their_order(plan: Plan) -> None:
    assert states(plan) == [State.RUNNING, State.READY_TO_REBOOT, State.FINISHING, State.DONE]


def test_the_download_is_told_in_bytes_every_fifth_of_a_second(plan: Plan) -> None:
    moments = [
        (seconds, moment)
        for seconds, moment in rehearsal(plan)
        if isinstance(moment, Event) and moment.path.endswith("/download") and moment.kind is Kind.PROGRESS
    ]
    assert {seconds for seconds, _ in moments} == {0.2}
    assert {moment.unit for _, moment in moments} == {"bytes"}
    amounts = [moment.done or 0 for _, moment in moments]
    assert all(one < other for one, other in pairwise(amounts))
    assert amounts[-1] == moments[-1][1].total


def test_a_run_takes_as_long_as_is_usual(plan: Plan) -> None:
    taken = sum(seconds for seconds, _ in rehearsal(plan))
    usual = sum(typical.of_step(step.id) for step in plan.steps) + typical.REBOOT + typical.REPORT
    assert taken == pytest.approx(usual, rel=0.1)


def test_times_count_from_the_plan(plan: Plan) -> None:
    told = events(plan)
    assert told[0].time == "2026-01-01T00:00:00.000Z"
    assert [event.time for event in told] == sorted(event.time for event in told)
    assert events(plan) == told


@pytest.mark.parametrize("step", [kind.id for kind in STEPS])
def test_any_step_can_fail_and_is_mended_by_the_next_run(plan: Plan, step: str) -> None:
    half = next(found.half for found in plan.steps if found.id == step)
    first = State.RUNNING if half == "linux" else State.FINISHING
    came = states(plan, fail=step)
    assert came[came.index(State.FAILED) - 1] is came[came.index(State.FAILED) + 1] is first
    told = events(plan, fail=step)
    failed = [event for event in told if event.kind is Kind.FINISH and event.result is Result.FAILED]
    assert [event.path.split("/")[:2][-1] for event in failed][-2:] == [
        step,
        "install" if half == "linux" else "finish",
    ]
    assert all(event.error and event.error.message and event.error.hint for event in failed)
    after = told[told.index(failed[-1]) + 1 :]
    skipped = [event.path.split("/")[1] for event in after if event.result is Result.SKIPPED]
    assert skipped == [found.id for found in plan.half(half)][: len(skipped)]
    ended = [event for event in after if event.path.endswith(f"/{step}") and event.result is Result.OK]
    assert len(ended) == 1


def test_every_step_has_a_usual_time() -> None:
    assert set(typical.STEPS) == {kind.id for kind in STEPS}
    assert set(typical.PARTS) <= set(typical.STEPS)

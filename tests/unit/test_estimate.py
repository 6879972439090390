"""What a viewer is told of a run's progress, from nothing but its events."""

import pickle
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.system.events import Event, Failure, Kind, Result
from zeus_installer.worker.estimate import Progress, StepView
from zeus_installer.worker.tracked import StepState

BEGIN = 1_800_000_000.0
STEPS = [
    {"id": "release_disks", "title": "Clear the disks", "half": "linux"},
    {"id": "install_packages", "title": "Install packages", "half": "linux"},
    {"id": "boot_entry", "title": "Add the entries", "half": "linux"},
    {"id": "wait_for_xapi", "title": "Wait for xapi", "half": "dom0"},
]


class Run:
    """Events at seconds after the beginning, taken when they happen unless `late` says that they are old."""

    def __init__(self, *, late: float = 0.0) -> None:
        self.progress = Progress(STEPS)
        self.late = late

    def tell(self, at: float, kind: Kind, path: str, title: str = "", **more: object) -> None:
        stamp = datetime.fromtimestamp(BEGIN + at, UTC).isoformat().replace("+00:00", "Z")
        event = Event(time=stamp, run="r", seq=1, kind=kind, path=path, title=title, **more)  # type: ignore[arg-type]
        self.progress.take(event, BEGIN + at + self.late)

    def step(self, begin: float, end: float, path: str, result: Result = Result.OK) -> None:
        self.tell(begin, Kind.START, path)
        self.tell(end, Kind.FINISH, path, result=result)

    def at(self, seconds: float, step: str) -> StepView:
        return next(view for view in self.progress.view(BEGIN + seconds).steps if view.id == step)

    def left(self, seconds: float) -> float | None:
        return self.progress.view(BEGIN + seconds).remaining

    def states(self, seconds: float = 0.0) -> list[str]:
        return [str(view.state) for view in self.progress.view(BEGIN + seconds).steps]


def test_before_the_first_event_nothing_is_known() -> None:
    view = Progress(STEPS).view(BEGIN)
    assert (view.half, view.remaining) == (None, None)
    assert {step.state for step in view.steps} == {StepState.WAITING}


def test_states_and_times_of_steps() -> None:
    run = Run()
    run.tell(0, Kind.START, "install")
    run.step(1, 4.5, "install/release_disks")
    run.tell(5, Kind.START, "install/install_packages")
    assert run.states(9) == ["done", "running", "waiting", "waiting"]
    assert (run.at(9, "release_disks").seconds, run.at(9, "install_packages").seconds) == (3.5, 4.0)
    assert run.at(9, "boot_entry").seconds is None
    assert run.progress.view(BEGIN + 9).half == "linux"


def test_a_download_shows_its_rate_of_the_last_seconds_and_ends_by_its_bytes() -> None:
    run = Run()
    run.tell(0, Kind.START, "install")
    run.tell(0, Kind.START, "install/install_packages")
    part = "install/install_packages/download"
    run.tell(0, Kind.START, part, "Download packages", unit="bytes")
    for tenth in range(1, 101):
        rate = 100 if tenth <= 50 else 10
        done = min(tenth, 50) * 100 + max(0, tenth - 50) * rate
        run.tell(tenth / 10, Kind.PROGRESS, part, "xen.rpm", done=done, total=6000, unit="bytes")
    view = run.at(10, "install_packages")
    assert (view.part, view.detail, view.done, view.total, view.unit) == (
        "Download packages",
        "xen.rpm",
        5500,
        6000,
        "bytes",
    )
    assert view.rate == pytest.approx(100)
    before = run.left(10)
    run.tell(11, Kind.PROGRESS, part, "xen.rpm", done=6000, total=6000, unit="bytes")
    after = run.left(11)
    assert before and after
    assert before - after == pytest.approx(5)


def test_a_stalled_download_has_no_rate_left() -> None:
    run = Run()
    run.tell(0, Kind.START, "install/install_packages")
    part = "install/install_packages/download"
    run.tell(0, Kind.START, part, "Download packages")
    run.tell(1, Kind.PROGRESS, part, done=0, total=100, unit="bytes")
    run.tell(2, Kind.PROGRESS, part, done=50, total=100, unit="bytes")
    rates = [run.at(second, "install_packages").rate for second in (2, 4, 60)]
    assert rates == [50, pytest.approx(50 / 3), 0]


def test_the_estimate_learns_from_what_was_seen() -> None:
    usual, slow = Run(), Run()
    for run, took in ((usual, 3), (slow, 30)):
        run.tell(0, Kind.START, "install")
        run.step(0, took, "install/release_disks")
    first, second = usual.left(3), slow.left(30)
    assert first and second
    assert second > 2 * first


def test_what_takes_longer_than_usual_is_not_said_to_be_over() -> None:
    run = Run()
    run.tell(0, Kind.START, "finish")
    run.tell(0, Kind.START, "finish/wait_for_xapi")
    run.tell(5, Kind.PROGRESS, "finish/wait_for_xapi", "waiting for xapi", done=5, total=900, unit="s")
    left = [run.left(seconds) for seconds in (5, 20, 500)]
    assert left == [25, 10, 1.5]
    assert run.at(5, "wait_for_xapi").detail == "waiting for xapi"


def test_a_failure_stays_in_view_until_the_next_run() -> None:
    run = Run()
    run.tell(0, Kind.START, "install")
    run.step(0, 2, "install/release_disks")
    run.tell(2, Kind.START, "install/install_packages")
    run.tell(3, Kind.START, "install/install_packages/download", "Download packages")
    gone = {"result": Result.FAILED, "error": Failure(code="a.b", message="no")}
    for path in ("install/install_packages/download", "install/install_packages", "install"):
        run.tell(8, Kind.FINISH, path, "Download packages", **gone)
    view = run.at(100, "install_packages")
    assert (view.state, view.seconds, view.part, run.left(100)) == (StepState.FAILED, 6, "Download packages", None)
    run.tell(200, Kind.START, "install")
    run.tell(200, Kind.FINISH, "install/release_disks", result=Result.SKIPPED)
    assert run.states(200) == ["done", "waiting", "waiting", "waiting"]
    assert run.at(200, "release_disks").seconds == 2


def test_a_step_that_had_nothing_to_do_is_skipped() -> None:
    run = Run()
    run.tell(0, Kind.START, "install")
    run.tell(0, Kind.FINISH, "install/release_disks", result=Result.SKIPPED)
    assert (run.at(0, "release_disks").state, run.at(0, "release_disks").seconds) == (StepState.SKIPPED, None)


def test_old_events_give_the_times_that_things_took_then() -> None:
    run = Run(late=86400)
    run.tell(0, Kind.START, "install")
    run.step(0, 7, "install/release_disks")
    run.tell(7, Kind.START, "install/install_packages")
    run.tell(9, Kind.PROGRESS, "install/install_packages", done=1, total=2, unit="packages")
    run.progress.stop()
    assert run.at(90000, "release_disks").seconds == 7
    stopped = run.at(90000, "install_packages")
    assert (stopped.state, stopped.seconds, run.left(90000)) == (StepState.FAILED, 2, None)


def test_events_that_run_ahead_of_the_clock_are_believed() -> None:
    run = Run(late=-60)
    run.tell(100, Kind.START, "install/release_disks")
    run.tell(110, Kind.LOG, "install/release_disks")
    assert run.at(51, "release_disks").seconds == 11


def test_many_events_take_no_more_room_than_few() -> None:
    run = Run()
    run.tell(0, Kind.START, "install/install_packages")

    def flood(count: int) -> int:
        for number in range(count):
            part = f"install/install_packages/part{number}"
            run.tell(number / 1000, Kind.START, part, f"part {number}")
            run.tell(number / 1000, Kind.PROGRESS, part, f"file {number}", done=number, total=count, unit="bytes")
            run.tell(number / 1000, Kind.FINISH, part, f"part {number}", result=Result.OK)
        return len(pickle.dumps(run.progress))

    few = flood(100)
    assert flood(30000) < few + 200


def test_a_user_interface_can_load_it() -> None:
    code = "import sys; import zeus_installer.worker.estimate; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("zeus_installer.")}
    assert rooms == {"system", "worker"}


NAMES = st.sampled_from(
    ["install", "finish", "release_disks", "install_packages", "download", "transaction", "wait_for_xapi", "x", ""]
)
NUMBERS = st.none() | st.integers() | st.integers(0, 1000)
MOMENTS = st.floats(-1e6, 1e6) | st.floats(0, 10)
EVENTS = st.builds(
    Event,
    time=MOMENTS.map(lambda at: datetime.fromtimestamp(BEGIN + at, UTC).isoformat()) | st.text(max_size=30),
    run=st.just("r"),
    seq=st.integers(),
    kind=st.sampled_from(Kind),
    path=st.lists(NAMES, max_size=4).map("/".join),
    title=st.text(max_size=5),
    done=NUMBERS,
    total=NUMBERS,
    unit=st.sampled_from([None, "bytes", "packages", "s"]),
    result=st.none() | st.sampled_from(Result),
)


@given(st.lists(st.tuples(EVENTS, MOMENTS, st.booleans()), max_size=30))
def test_no_events_are_too_strange(moments: list[tuple[Event, float, bool]]) -> None:
    progress = Progress(STEPS)
    for event, at, stop in moments:
        progress.take(event, BEGIN + at)
        if stop:
            progress.stop()
        view = progress.view(BEGIN + at)
        numbers = [view.remaining, *(value for step in view.steps for value in asdict(step).values())]
        assert all(number >= 0 for number in numbers if isinstance(number, int | float))
        assert [step.id for step in view.steps] == [step["id"] for step in STEPS]

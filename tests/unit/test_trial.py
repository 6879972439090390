"""The journal and what it means for the trial boot."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.engine.journal import RUN, Entry, Journal, Mark, parse_entries
from zeus_installer.engine.trial import Next, is_committed, next_in_linux, trials, why_it_fell_back
from zeus_installer.system.codec import Json

ARM = "arm_trial_boot"


def entry(step: str, mark: Mark, boot: str, **detail: Json) -> Entry:
    return Entry(time="2026-01-01T00:00:00.000Z", run="r", step=step, mark=mark, detail={"boot": boot, **detail})


def armed(boot: str) -> Entry:
    return entry(ARM, Mark.DONE, boot)


def in_dom0(boot: str) -> Entry:
    return entry(RUN, Mark.DOM0, boot)


@pytest.mark.parametrize(
    ("history", "boot", "expected"),
    [
        ([], "a", Next.NONE),
        ([armed("a")], "a", Next.WAITING),
        ([armed("a")], "b", Next.ARM_AGAIN),
        ([armed("a"), armed("b")], "c", Next.GIVE_UP),
        ([armed("a"), in_dom0("x")], "b", Next.ARM_AGAIN),
        ([armed("a"), in_dom0("x"), armed("b"), in_dom0("y")], "c", Next.ARM_AGAIN),
        ([armed("a"), in_dom0("x"), armed("b"), in_dom0("y"), armed("c"), in_dom0("z")], "d", Next.GIVE_UP),
        ([armed("a"), in_dom0("x"), armed("b")], "c", Next.ARM_AGAIN),
        ([armed("a"), in_dom0("x"), armed("b"), armed("c")], "d", Next.GIVE_UP),
    ],
)
def test_what_follows_in_plain_linux(history: list[Entry], boot: str, expected: Next) -> None:
    assert next_in_linux(history, boot=boot) is expected


@given(st.lists(st.booleans(), max_size=12))
def test_nothing_loops(reached: list[bool]) -> None:
    """Whatever the boots do, at most three trials are armed without an operator."""
    history: list[Entry] = [armed("boot0")]
    for number, dom0 in enumerate(reached, start=1):
        if dom0:
            history.append(in_dom0(f"xen{number}"))
        if next_in_linux(history, boot=f"boot{number}") is not Next.ARM_AGAIN:
            break
        history.append(armed(f"boot{number}"))
    assert len(trials(history)) <= 3


def test_arming_twice_in_one_boot_is_one_trial() -> None:
    assert len(trials([armed("a"), armed("a")])) == 1


def test_the_reason_names_the_failure_in_dom0() -> None:
    history = [armed("a"), in_dom0("x"), entry("wait_for_xapi", Mark.FAILED, "x", message="no xapi", hint="look")]
    assert why_it_fell_back(history) == ("dom0 came up in 1 trial boot but was not finished: no xapi", "look")


def test_the_reason_names_a_xen_that_does_not_boot() -> None:
    what, remedy = why_it_fell_back([armed("a"), armed("b")])
    assert what == "Xen did not come up: 2 trial boots, the last one ended in plain Linux before dom0's userland"
    assert (
        remedy == "look at the first serial port during such a boot (Xen and dom0 both write there), then: zeus resume"
    )


@given(st.lists(st.text()))
def test_a_damaged_journal_can_be_read(lines: list[str]) -> None:
    list(parse_entries(lines))


@given(st.integers(min_value=0, max_value=200))
def test_a_torn_journal_keeps_what_was_whole(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path: Path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    journal = Journal(path=path, run="r", boot="b")
    journal.write("one", Mark.BEGIN)
    whole = path.read_bytes()
    journal.write("one", Mark.DONE)
    path.write_bytes(path.read_bytes()[: len(whole) + cut])
    journal.write("two", Mark.BEGIN)
    steps = [(line.step, line.mark) for line in journal.entries()]
    assert steps[0] == ("one", Mark.BEGIN)
    assert steps[-1] == ("two", Mark.BEGIN)


def test_done_undone(tmp_path: Path) -> None:
    journal = Journal(path=tmp_path / "j", run="r", boot="b")
    assert not journal.is_done("one")
    journal.write("one", Mark.BEGIN)
    assert not journal.is_done("one")
    journal.write("one", Mark.DONE)
    assert journal.is_done("one")
    journal.write("one", Mark.UNDONE)
    assert not journal.is_done("one")
    assert not is_committed(journal.entries())

"""What a stored plan comes to: the deadline of its trial boot, and its end."""

from pathlib import Path
from typing import Any

import pytest

from tests.component.test_cli import machine
from zeus_installer.answers.model import Answers, Packages, Repo
from zeus_installer.engine import deadline
from zeus_installer.engine.control import resume
from zeus_installer.engine.journal import RUN, Mark, read_entries
from zeus_installer.engine.service import open_journal
from zeus_installer.engine.store import Store
from zeus_installer.plan import Plan, make_plan
from zeus_installer.sources.loader import load
from zeus_installer.steps.context import Identity
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.target import Target


def make(**answers: Any) -> Plan:
    repo = Repo(id="xapi", baseurl="https://packages.example.org/", gpgkey="https://packages.example.org/key")
    identity = Identity(host="8d3c1a2e-0000-4000-8000-000000000001", dom0="8d3c1a2e-0000-4000-8000-000000000002")
    return make_plan(
        Answers(packages=Packages(repos=(repo,)), **answers),
        machine(),
        source=load("xapi"),
        identity=identity,
        findings=(),
        run="r1",
        created="2026-01-01T00:00:00Z",
    )


def test_the_reason_is_written_down(tmp_path: Path) -> None:
    plan, store = make(), Store(Target(tmp_path))
    store.save_plan(plan)
    assert store.load_plan() == plan
    assert store.plan.stat().st_mode & 0o777 == 0o600

    deadline.main(Target(tmp_path))

    entries = read_entries(store.journal)
    assert [entry.mark for entry in entries] == [Mark.DOM0, Mark.FAILED]
    assert entries[-1].detail["message"] == "dom0 was not verified within 1800 s after its start"


def test_a_finished_plan_is_not_resumed(tmp_path: Path) -> None:
    """In plain Linux it would arm a trial boot of a host that has long been committed."""
    plan, store = make(), Store(Target(tmp_path))
    store.save_plan(plan)
    open_journal(store, plan).write(RUN, Mark.DONE)
    with pytest.raises(RefusedError, match="plan r1 is finished"):
        list(resume(store))


def test_anybody_can_see_that_the_host_is_done_until_another_plan_comes(tmp_path: Path) -> None:
    plan, store = make(), Store(Target(tmp_path))
    store.save_plan(plan)
    store.mark_done(plan)
    assert store.done.read_text() == "r1\n"
    assert store.done.stat().st_mode & 0o777 == 0o644

    store.save_plan(plan)
    assert not store.done.exists()
    store.mark_done(plan)
    store.forget_plan()
    assert not store.done.exists()

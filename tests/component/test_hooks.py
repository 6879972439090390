"""Hooks on a small system of their own: fetched, held against their SHA-256, kept and run; and how they fail."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.component.hooks import Scripts, small_system
from tests.lab.http import Cut, Fault, Missing, serve
from zeus_installer.answers.model import Answers, Hook
from zeus_installer.checks.hooks import check_hooks
from zeus_installer.host import hooks as module
from zeus_installer.steps.base import Step
from zeus_installer.steps.fetch_hooks import FetchHooks
from zeus_installer.steps.run_hooks import HookInstallationComplete, HookInstallationStart
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Kind, Reporter, silent
from zeus_installer.system.target import Target

FAULTS: dict[str, Fault] = {}
REMEDY = (
    "put right what it complains of, then: zeus resume, which runs it again from its beginning; "
    "another version of it has another sha256, and needs a new installation: zeus abandon"
)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(small_system(tmp_path / "root"))


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def scripts(tmp_path: Path, log: list[str]) -> Iterator[Scripts]:
    directory = tmp_path / "served"
    directory.mkdir()
    FAULTS.clear()
    with serve(directory, faults=FAULTS, log=log) as url:
        yield Scripts(directory, url)


def ran(step: Step, target: Target) -> list[str]:
    """Apply the step; the lines that it logs, without the paths of sub-tasks."""
    events: list[Event] = []
    step.apply(target, Reporter(events.append, run="r1"))
    return [event.title for event in events if event.kind is Kind.LOG]


def fails(step: Step, target: Target) -> ZeusError:
    with pytest.raises(ZeusError) as caught:
        step.apply(target, silent())
    return caught.value


def test_they_are_fetched_once_and_kept_for_root_alone(scripts: Scripts, target: Target, log: list[str]) -> None:
    hook = scripts.hook("a.sh", "echo a")
    step = FetchHooks(hooks=(hook, hook))
    assert not step.is_done(target)
    assert ran(step, target) == [f"{hook.url}: SHA-256 {hook.sha256}, as the answers say"] * 2
    assert step.is_done(target)
    assert log == ["GET a.sh"]
    kept = target.path("/var/lib/zeus/hooks")
    assert kept.stat().st_mode & 0o777 == 0o700
    assert [(file.name, file.stat().st_mode & 0o777) for file in kept.iterdir()] == [(hook.sha256, 0o700)]

    step.revert(target, silent())
    assert not kept.exists()


def test_one_that_is_damaged_on_the_disk_is_fetched_again(scripts: Scripts, target: Target, log: list[str]) -> None:
    hook = scripts.hook("a.sh", "echo the true one")
    FetchHooks(hooks=(hook,)).apply(target, silent())
    target.path(f"/var/lib/zeus/hooks/{hook.sha256}").write_text("#!/usr/bin/sh\necho another\n")
    assert not FetchHooks(hooks=(hook,)).is_done(target)
    assert ran(HookInstallationStart(hooks=(hook,)), target) == ["the true one"]
    assert log == ["GET a.sh", "GET a.sh"]


def test_another_content_than_that_of_the_answers_is_not_kept(scripts: Scripts, target: Target) -> None:
    hook = scripts.hook("a.sh", "echo a")
    changed = scripts.hook("a.sh", "echo b")
    error = fails(FetchHooks(hooks=(hook,)), target)
    assert error.code == "hooks.checksum"
    assert str(error) == (
        f"the hook {hook.url} has the SHA-256 {changed.sha256}, wants {hook.sha256}\n"
        "hint: if you have changed it, name its new sha256 in [[hooks]]; if not, find out who did"
    )
    assert not target.exists("/var/lib/zeus/hooks")
    assert fails(HookInstallationStart(hooks=(hook,)), target).code == "hooks.checksum"


def test_it_runs_inside_the_target_with_its_stage_and_no_input(scripts: Scripts, target: Target) -> None:
    script = 'read -r line; echo "[$line] $# $ZEUS_STAGE $XS_STAGE $PWD"; echo here > /made; echo wrong >&2'
    hook = scripts.hook("a.sh", script)
    assert ran(HookInstallationStart(hooks=(hook,)), target) == [
        "[] 0 installation-start installation-start /",
        "wrong",
    ]
    assert target.read("/made") == "here\n"


def test_it_is_told_that_the_installation_succeeded_as_elsewhere(scripts: Scripts, target: Target) -> None:
    hook = scripts.hook("a.sh", 'echo "$ZEUS_STAGE $1"', stage="installation-complete")
    assert ran(HookInstallationComplete(hooks=(hook,)), target) == ["installation-complete 0"]
    assert HookInstallationComplete.half == "dom0"


def test_they_run_in_order_and_the_first_that_fails_is_the_last(scripts: Scripts, target: Target) -> None:
    names = [("a.sh", "echo 1 >> /order"), ("b.sh", "echo 2 >> /order; exit 3"), ("c.sh", "echo 3 >> /order")]
    error = fails(HookInstallationStart(hooks=tuple(scripts.hook(*each) for each in names)), target)
    assert error.code == "hooks.failed"
    assert str(error) == f"the hook {scripts.url}/b.sh at installation-start: exit status 3\nhint: {REMEDY}"
    assert target.read("/order") == "1\n2\n"


def test_its_last_words_are_in_the_error(scripts: Scripts, target: Target) -> None:
    hook = scripts.hook("a.sh", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo $i; done; kill -9 $$")
    error = fails(HookInstallationStart(hooks=(hook,)), target)
    last = "".join(f"\n  {number}" for number in range(2, 14))
    assert error.message == f"the hook {hook.url} at installation-start: killed by signal 9{last}"


def test_what_no_interpreter_is_there_for(scripts: Scripts, target: Target) -> None:
    hook = scripts.hook("a.py", "print()", first="#!/usr/bin/python")
    error = fails(HookInstallationStart(hooks=(hook,)), target)
    place = f"/var/lib/zeus/hooks/{hook.sha256}"
    assert error.message.startswith(
        f"the hook {hook.url} at installation-start: exit status 127\n  chroot: failed to run"
    )
    assert place in error.message


def test_what_is_no_program(scripts: Scripts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the running system, where nothing stands between."""
    monkeypatch.setattr(module, "DIRECTORY", str(tmp_path / "hooks"))
    hook = scripts.hook("a.sh", "echo a", first="echo b")
    error = fails(HookInstallationStart(hooks=(hook,)), Target())
    assert error.message == f"the hook {hook.url} at installation-start: exec format error"


def test_one_without_an_end_is_ended(scripts: Scripts, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.3)
    hook = scripts.hook("a.sh", "echo begun; while :; do :; done")
    error = fails(HookInstallationStart(hooks=(hook,)), target)
    assert error.message == f"the hook {hook.url} at installation-start: no end after 0.3 s\n  begun"


def test_what_it_leaves_running_ends_with_it(scripts: Scripts, target: Target) -> None:
    """It has the output of the hook open, and must not keep the installation waiting either."""
    hook = scripts.hook("a.sh", "(while :; do :; done) & echo $! > /left; echo done")
    assert ran(HookInstallationStart(hooks=(hook,)), target) == ["done"]
    left = Path("/proc", (target.read("/left") or "").strip(), "status")
    deadline = time.monotonic() + 10
    while lives(left):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def lives(status: Path) -> bool:
    """Whether a process is there, and not one that has ended and that nobody has collected yet."""
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False


def test_too_much_output_is_cut_and_not_waited_for(scripts: Scripts, target: Target) -> None:
    hook = scripts.hook("a.sh", 'i=0; while [ $i -lt 2500 ]; do echo "line $i"; i=$((i + 1)); done')
    lines = ran(HookInstallationStart(hooks=(hook,)), target)
    assert lines[:2] + lines[-2:] == ["line 0", "line 1", "line 1999", "it prints more, which is left out"]


def test_secrets_and_odd_signs_stay_out_of_the_events(scripts: Scripts, target: Target) -> None:
    hook = scripts.hook("a.sh", r"printf 'http://me:geheim@192.0.2.1/ \033[31mred\033[0m \377\n'")
    assert ran(HookInstallationStart(hooks=(hook,)), target) == ["http://me:********@192.0.2.1/  [31mred [0m \ufffd"]


# Before anything is changed.


def test_the_command_fetches_them_to_check_the_machine(scripts: Scripts, tmp_path: Path) -> None:
    hook = scripts.hook("a.sh", "echo a")
    answers = tmp_path / "answers.toml"
    answers.write_text(
        'version = 1\n[[packages.repos]]\nid = "xapi"\nbaseurl = "file:///nowhere"\ngpgkey = "file:///nowhere/key"\n'
        f'[[hooks]]\nstage = "{hook.stage}"\nurl = "{hook.url}"\nsha256 = "{"0" * 64}"\n'
    )
    command = [sys.executable, "-m", "zeus_installer", "check", "--answers", str(answers), "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    [found] = [finding for finding in json.loads(result.stdout) if finding["id"] == "hooks"]
    assert found == {
        "id": "hooks",
        "verdict": "fail",
        "seen": f"the hook {hook.url} has the SHA-256 {hook.sha256}, wants {'0' * 64}",
        "remedy": "correct [[hooks]], or the server; the hooks are fetched before anything is changed",
    }


def findings(*hooks: Hook) -> list[tuple[str, str, str]]:
    return [(finding.id, finding.verdict, finding.seen) for finding in check_hooks(Answers(hooks=hooks))]


def test_hooks_are_checked_before_there_is_a_plan(scripts: Scripts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeus_installer.checks.hooks._SECONDS", 0.0)
    good, other = scripts.hook("a.sh", "echo a"), scripts.hook("b.sh", "echo b")
    assert findings() == []
    assert findings(good) == [("hooks", "pass", "1 hook can be fetched, with the SHA-256 of the answers")]
    assert findings(good, other) == [("hooks", "pass", "2 hooks can be fetched, with the SHA-256 of the answers")]
    FAULTS["b.sh"] = Missing()
    assert findings(good, other, other) == [("hooks", "fail", f"{other.url}: the server says 404 Not Found")]
    FAULTS["b.sh"] = Cut(3)
    assert findings(other) == [("hooks", "fail", f"{other.url}: the answer broke off")]
    wrong = Hook(stage="installation-start", url=good.url, sha256="0" * 64)
    seen = f"the hook {good.url} has the SHA-256 {good.sha256}, wants {wrong.sha256}"
    assert findings(wrong) == [("hooks", "fail", seen)]

"""`python -m tests.terminal.stage NAME`: the wizard at a moment to which keys alone do not lead, for its picture.

A run that stands still in its middle, a failure, a host that is finished, an administrator's password, another
console: the desk is prepared, and the wizard shows it as it always does. It is a dry run: nothing can be done.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Final
from unittest import mock

from tests.terminal.machines import machine
from zeus_installer.answers.reader import check_data
from zeus_installer.checks.registry import run_checks
from zeus_installer.engine.console import console_line
from zeus_installer.engine.status import State, Status
from zeus_installer.plan import Plan
from zeus_installer.planning import plan_host
from zeus_installer.screens import done, elsewhere, password, progress, status
from zeus_installer.screens.desk import Administrators, Desk
from zeus_installer.screens.draft import Draft
from zeus_installer.screens.flow import form_screens
from zeus_installer.screens.form import Screen
from zeus_installer.screens.tui.app import Tui
from zeus_installer.screens.tui.look import choose_look
from zeus_installer.screens.wizard import Wizard
from zeus_installer.sources.loader import load
from zeus_installer.system.codec import encode
from zeus_installer.system.events import Event
from zeus_installer.worker.estimate import Progress
from zeus_installer.worker.rehearsal import rehearsal

MACHINE: Final = "busy"
_ANSWERS: Final[dict[str, object]] = {
    "version": 1,
    "host": {"hostname": "host1.example.org"},
    "storage": {"disks": [{"serial": "OLD-STORAGE"}], "wipe": "listed-disks"},
    "packages": {
        "repos": [
            {
                "id": "xapi",
                "baseurl": "https://packages.example.org/xapi/",
                "gpgkey": "https://packages.example.org/RPM-GPG-KEY-xapi",
            }
        ]
    },
}
_HOST: Final = {
    "hostname": "host1.example.org",
    "address": "192.0.2.10",
    "addresses": {"xenbr0": ["192.0.2.10/24", "2001:db8::10/64"]},
    "xapi": "26.1.3",
    "xen": "4.20.2",
    "sr": {"type": "ext", "size": 1_082_331_758_592, "attached": True},
    "certificate_sha256": ":".join(f"{number * 37 % 256:02X}" for number in range(1, 33)),
}
Moment = Callable[[Event | Status], bool]


def _plan() -> Plan:
    answers, problems = check_data(_ANSWERS)
    if answers is None:
        raise ValueError(problems)
    return replace(
        plan_host(answers, machine(MACHINE), source=load("xapi")), id="7d9d6b5e", created="2026-01-01T00:00:00Z"
    )


def _play(desk: Desk, moment: Moment, *, fail: str | None = None) -> None:
    """Play a run up to a moment, where the clock stops."""
    plan = _plan()
    desk.progress = Progress([{"id": step.id, "title": step.title, "half": step.half} for step in plan.steps])
    for _, told in rehearsal(plan, fail=fail):
        if isinstance(told, Status):
            desk.status = encode_status(told)
            if told.state not in (State.RUNNING, State.FINISHING):
                desk.progress.stop()
        else:
            at = datetime.fromisoformat(told.time).timestamp()
            desk.progress.take(told, at)
            desk.log.extend(console_line(told).splitlines())
            mock.patch.object(progress, "time", SimpleNamespace(time=lambda at=at: at)).start()
        if moment(told):
            return
    raise ValueError("the run has no such moment")


def encode_status(status: Status) -> dict[str, object]:
    """Give a status as the worker sends it."""
    encoded = encode(status)
    return dict(encoded) if isinstance(encoded, dict) else {}


def _in_state(state: State) -> Moment:
    return lambda told: isinstance(told, Status) and told.state is state


def _far(path: str, share: float) -> Moment:
    """The moment when so much of a part is done."""
    return lambda told: (
        isinstance(told, Event) and told.path == path and (told.done or 0) > share * (told.total or 1 << 62)
    )


def _password(desk: Desk) -> Screen:
    desk.administrators = Administrators(names=["root", "ada"], asked=True, readable=True, open=False)
    return password.SCREEN


def _elsewhere(desk: Desk) -> Screen:
    desk.holder = "1 tty1"
    return elsewhere.SCREEN


def _progress(desk: Desk) -> Screen:
    _play(desk, _far("install/install_packages/download", 0.6))
    return progress.SCREEN


def _failure(desk: Desk) -> Screen:
    _play(desk, _in_state(State.FAILED), fail="boot_entry")
    return progress.SCREEN


def _ready(desk: Desk) -> Screen:
    _play(desk, _in_state(State.READY_TO_REBOOT))
    desk.countdown = done.SECONDS
    return done.SCREEN


def _finishing(desk: Desk) -> Screen:
    _play(desk, _far("finish/wait_for_xapi", 0.02))
    return progress.SCREEN


def _status(desk: Desk) -> Screen:
    _play(desk, _in_state(State.DONE))
    desk.host = _HOST
    return status.SCREEN


MOMENTS: Final = {
    "password": _password,
    "elsewhere": _elsewhere,
    "progress": _progress,
    "failure": _failure,
    "ready": _ready,
    "finishing": _finishing,
    "status": _status,
}


def main(name: str) -> None:
    """Show the wizard at a moment until it is left."""
    desk = Desk(dry_run=True, machine_file=MACHINE, machine=machine(MACHINE))
    desk.findings = tuple(run_checks(machine(MACHINE), None))
    face = Tui(choose_look())
    wizard = Wizard(desk, form_screens(), face=face, draft=Draft(None))
    wizard.screen = MOMENTS[name](desk)
    face.run(wizard, face.refresh)


if __name__ == "__main__":
    main(sys.argv[1])

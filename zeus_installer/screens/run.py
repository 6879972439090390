"""The run as the wizard sees it: begun, followed from any console, gone on with after a failure, rebooted."""

import json
import time
from importlib import import_module
from typing import Any, Final, cast

from zeus_installer.engine.console import console_line
from zeus_installer.screens.desk import Administrators
from zeus_installer.screens.form import Screen
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.screens.wizard import Wizard
from zeus_installer.system.events import Event

# Which screen shows a run in which state, by its module.
_SCREENS: Final = {"ready-to-reboot": "done", "done": "status"}
_RUN: Final = "progress"
RUNNING: Final = ("running", "trial", "finishing")


def begin(wizard: Wizard) -> None:
    """Begin the installation of the plan that was shown; in a dry run, play it."""
    desk = wizard.desk
    for name in ("packages", "download"):
        wizard.cancel(name)
    if desk.dry_run:
        order: dict[str, Any] = {"plan": desk.plan, "speed": desk.speed, "fail": desk.fail}
        wizard.order(
            "rehearse", order, title="Playing the run", stdin=True, heard=lambda job, heard: _hear(wizard, job, heard)
        )
        show(wizard, _RUN)
        return

    def started(job: Job, _message: Message) -> None:
        if job.result is not None:
            wizard.draft.forget()
            follow(wizard)
        elif job.error is not None:
            desk.said = f"{job.error.message}\n{job.error.hint}"

    order = {"plan": desk.plan, "console": True}
    wizard.order("start", order, title="Starting the run", heard=started)


def follow(wizard: Wizard) -> None:
    """Show the run that is on this machine, from its beginning."""
    wizard.order("follow", {}, title="Waiting for the run", heard=lambda job, heard: _hear(wizard, job, heard))
    show(wizard, _RUN)


def resume(wizard: Wizard) -> None:
    """Go on after a failure."""
    if wizard.desk.dry_run:
        wizard.desk.jobs["rehearse"].tell({"resume": True})
    else:
        wizard.order("resume", {}, title="Going on", heard=lambda job, _heard: _complain(wizard, job))


def reboot(wizard: Wizard) -> None:
    """Reboot into the trial."""
    wizard.desk.countdown = None
    if wizard.desk.dry_run:
        wizard.desk.jobs["rehearse"].tell({"reboot": True})
    else:
        wizard.order("reboot", {}, title="Rebooting", heard=lambda job, _heard: _complain(wizard, job))


def see_host(wizard: Wizard) -> None:
    """Ask what the finished host is. In a dry run there is none."""
    if wizard.desk.dry_run:
        known = wizard.desk.machine.hostname if wizard.desk.machine else None
        wizard.desk.host = {"hostname": wizard.desk.inputs.get("hostname") or known}
        return

    def heard(job: Job, _message: Message) -> None:
        if job.result is not None:
            wizard.desk.host = job.result

    wizard.order("host", {}, title="Asking the host", heard=heard)


def open_shell(wizard: Wizard) -> None:
    """Give a shell: to whoever has given a password, or to anybody as long as there is none yet."""
    desk = wizard.desk
    known = desk.administrators
    if desk.admitted or desk.dry_run or (known is not None and known.open):
        wizard.face.shell()
    elif known is None:
        _look_for_administrators(wizard)
    elif not known.names:
        desk.said = "no shell: root is locked, and no administrator has a password that could be asked for"
        wizard.face.refresh()
    else:
        ask = f"Password of {', '.join(known.names)}"
        wizard.face.ask_text("Shell", ask, "", lambda password: _admit(wizard, password), secret=True)


def _look_for_administrators(wizard: Wizard) -> None:
    def heard(job: Job, _message: Message) -> None:
        if job.result is not None:
            wizard.desk.administrators = Administrators(**job.result)
            open_shell(wizard)
        else:
            _complain(wizard, job)

    wizard.order("administrators", {}, title="Looking for administrators", heard=heard)


def _admit(wizard: Wizard, password: str) -> None:
    def heard(job: Job, _message: Message) -> None:
        wizard.desk.admitted = bool(job.result and job.result["admitted"])
        if wizard.desk.admitted:
            wizard.face.shell()
        elif job.result is not None:
            wizard.desk.said = "no shell: that is not the password of root or an administrator"

    wizard.order("admit", {"password": password}, title="Comparing the password", heard=heard)


def show(wizard: Wizard, name: str) -> None:
    """Go to one of the screens of the run, unless it is there."""
    screen = cast("Screen", import_module(f"zeus_installer.screens.{name}").SCREEN)
    if wizard.screen is not screen:
        wizard.show(screen)


def _complain(wizard: Wizard, job: Job) -> None:
    if job.error is not None:
        wizard.desk.said = f"{job.error.message}\n{job.error.hint}".strip()


def _hear(wizard: Wizard, job: Job, message: Message) -> None:
    desk = wizard.desk
    if "plan" in message:
        from zeus_installer.worker.estimate import Progress

        desk.progress = Progress(message["plan"]["steps"])
        desk.log.clear()
    elif "event" in message:
        event = Event.from_line(json.dumps(message["event"]))
        if desk.progress is not None:
            desk.progress.take(event, time.time())
        line = console_line(event)
        if line:
            desk.log.extend(line.splitlines())
    elif "status" in message:
        desk.status = message["status"]
        if desk.progress is not None and desk.state not in RUNNING:
            desk.progress.stop()
        show(wizard, _SCREENS.get(desk.state, _RUN))
    elif job.error is not None and not job.running:
        _complain(wizard, job)
    elif not job.running and not desk.dry_run:
        _begin_anew(wizard)


def _begin_anew(wizard: Wizard) -> None:
    """Open the forms again: the plan was given up, or undone, on another console."""
    from zeus_installer.screens.start import begin

    wizard.desk.status = wizard.desk.progress = None
    begin(wizard)

"""Screen 9, done: what happens at the reboot, and a countdown that can be stopped."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.screens import run
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Button, Line, Note, Screen
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines

SECONDS: Final = 30


def _lines(desk: Desk) -> Sequence[Line]:
    lines: list[Line] = [
        ("good", "The host is ready to reboot into Xen."),
        ("", ""),
        ("", "The next boot is a trial: Xen starts once, dom0 finishes the host through XenAPI and verifies it."),
        ("", "Only then does Xen become the default. If it does not boot, plain Linux comes back by itself."),
        ("", "This console shows the rest, and then the host's addresses."),
        ("", ""),
    ]
    if desk.countdown is not None:
        return [*lines, ("title", f"The machine reboots in {desk.countdown} s.")]
    return [*lines, ("", "The countdown is stopped: the machine reboots when you say so.")]


def _tick(wizard: Wizard) -> None:
    desk = wizard.desk
    if desk.countdown is None or wizard.screen.id != "done":
        return
    desk.countdown -= 1
    if desk.countdown <= 0:
        run.reboot(wizard)
        return
    wizard.face.refresh()
    wizard.face.after(1, lambda: _tick(wizard))


def _start(wizard: Wizard) -> None:
    wizard.desk.countdown = SECONDS
    wizard.face.after(1, lambda: _tick(wizard))


def _stop(wizard: Wizard) -> None:
    wizard.desk.countdown = None
    wizard.face.refresh()


SCREEN: Final = Screen(
    id="done",
    title="Ready",
    items=(Note(lines=_lines), Note(lines=lambda desk: job_lines(desk.jobs.get("reboot")))),
    buttons=(
        Button(
            label="Stop the countdown",
            press=_stop,
            help="The machine stays up until you reboot it.",
            visible_when=lambda desk: desk.countdown is not None,
        ),
        Button(label="Log", press=Wizard.show_log, help="All that the run has said, full screen."),
    ),
    forward="Reboot now",
    proceed=run.reboot,
    enter=_start,
    can_go_back=False,
)

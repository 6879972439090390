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


def _start(wizard: Wizard) -> None:
    _count(wizard, SECONDS)


def _count(wizard: Wizard, seconds: int) -> None:
    """Come to that many seconds before the reboot, and a second later on, unless somebody has changed the count."""
    wizard.desk.countdown = seconds

    def go_on() -> None:
        if wizard.desk.countdown != seconds or wizard.screen is not SCREEN:
            return
        if seconds > 1:
            _count(wizard, seconds - 1)
            wizard.face.refresh()
        else:
            run.reboot(wizard)

    wizard.face.after(1, go_on)


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

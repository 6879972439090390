"""Screen 2, the password: an administrator's, before anything can be chosen that destroys."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Line, Note, Screen, Text
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines

_TRIES_BEFORE_WAITING: Final = 3
_WAIT: Final = 5.0


def _admit(wizard: Wizard) -> None:
    """Have the password compared; the right one opens the way for as long as this wizard runs."""
    desk = wizard.desk
    if desk.is_busy("admit") or desk.waits:
        return
    if desk.refused < _TRIES_BEFORE_WAITING:
        _compare(wizard)
        return
    desk.waits = True
    desk.said = f"after {desk.refused} wrong passwords it takes {_WAIT:g} s each"
    wizard.face.refresh()
    wizard.face.after(_WAIT, lambda: _compare(wizard))


def _compare(wizard: Wizard) -> None:
    desk = wizard.desk
    desk.waits = False
    if wizard.screen is not SCREEN:
        return

    def heard(job: Job, _message: Message) -> None:
        if job.running:
            return
        desk.typed.pop("administrator", None)
        if job.result and job.result["admitted"]:
            wizard.go_in()
        elif job.error is None:
            desk.refused += 1
            desk.said = "that is not the password of root or an administrator"

    order = {"password": desk.typed.get("administrator", "")}
    wizard.order("admit", order, title="Comparing the password", heard=heard)


def _lines(desk: Desk) -> Sequence[Line]:
    known = desk.administrators
    if known is None or not known.readable:
        return [("bad", "Who has a password on this machine cannot be read: run the wizard as root.")]
    return [("", f"A password of: {', '.join(known.names)}"), *job_lines(desk.jobs.get("admit"))]


SCREEN: Final = Screen(
    id="password",
    title="Password",
    intro="This machine has an administrator. The next screens can destroy data: who are you?",
    items=(
        Note(lines=_lines),
        Text(
            name="administrator",
            label="Password",
            secret=True,
            help="Root's password, or that of a user who may become root. It is compared and forgotten.",
        ),
    ),
    proceed=_admit,
    visible_when=lambda desk: desk.administrators is not None and desk.administrators.asked and not desk.admitted,
)

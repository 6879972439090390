"""The screen of a console while another one has the forms: it can be taken over here, with all that was typed."""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Line, Note, Screen
from zeus_installer.screens.wizard import Wizard

_RETRY: Final = 0.2
_RETRIES: Final = 25
# Seconds for which a console that gave the forms away leaves them to the other.
_PATIENCE: Final = 10


def _lines(desk: Desk) -> Sequence[Line]:
    return [
        ("title", f"The wizard is open on {desk.holder.partition(' ')[2]}."),
        ("", ""),
        ("", "What was typed there is kept, and goes on here when you take it over."),
        ("", "Once the installation runs, every console shows it."),
    ]


def _take_over(wizard: Wizard) -> None:
    """Ask the other console to let go, and open the forms as soon as it has."""
    process = wizard.draft.take().partition(" ")[0]
    if process.isdigit():
        with suppress(OSError):
            os.kill(int(process), signal.SIGUSR1)
    _try(wizard, _RETRIES)


def _try(wizard: Wizard, times: int) -> None:
    wizard.desk.holder = wizard.draft.take()
    if not wizard.desk.holder:
        wizard.open_forms()
    elif times:
        wizard.face.after(_RETRY, lambda: _try(wizard, times - 1))
    else:
        wizard.desk.said = "the other console does not let go: try again"
        wizard.face.refresh()


def wait(wizard: Wizard) -> None:
    """Open the forms here when nobody has them any more."""
    desk = wizard.desk
    desk.patience = max(0, desk.patience - 1)
    if desk.patience:
        return
    desk.holder = wizard.draft.take()
    if not desk.holder:
        wizard.open_forms()


def hand_over(wizard: Wizard) -> None:
    """Let another console have the forms."""
    if wizard.screen not in wizard.screens:
        return
    wizard.save()
    for job in wizard.desk.jobs.values():
        job.cancel()
    wizard.draft.give_up()
    wizard.desk.holder = "? another console"
    wizard.desk.patience = _PATIENCE
    wizard.desk.admitted = False
    wizard.show(SCREEN)


SCREEN: Final = Screen(
    id="elsewhere",
    title="Open elsewhere",
    items=(Note(lines=_lines),),
    forward="Take over here",
    proceed=_take_over,
    can_go_back=False,
)

"""How the wizard begins, and what it does every second: what is on the machine decides which screen is shown."""

from pathlib import Path
from typing import Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.draft import Draft
from zeus_installer.screens.form import Screen
from zeus_installer.screens.wizard import Face, Wizard

PLAN: Final = Path("/var/lib/zeus/plan.json")
_BLANK: Final = Screen(id="", title="", items=(), forward="", can_go_back=False)


def make_wizard(desk: Desk, face: Face, draft: Draft) -> Wizard:
    """Make the wizard; its first screen comes with `begin`."""
    return Wizard(desk, [_BLANK], face=face, draft=draft)


def begin(wizard: Wizard) -> None:
    """Open the first screen: that of the run when there is one, else the forms, unless another console has them."""
    wizard.on_tick = _look_around
    if _there_is_a_run(wizard):
        _follow(wizard)
        return
    wizard.desk.holder = wizard.draft.take()
    if wizard.desk.holder:
        from zeus_installer.screens import elsewhere

        wizard.show(elsewhere.SCREEN)
    else:
        wizard.open_forms()


def _look_around(wizard: Wizard) -> None:
    """See a run that another console has begun, and forms that another console has left."""
    if wizard.desk.state or wizard.desk.is_busy("start") or wizard.desk.is_busy("follow"):
        return
    if _there_is_a_run(wizard):
        _follow(wizard)
    elif wizard.desk.holder:
        from zeus_installer.screens.elsewhere import wait

        wait(wizard)


def _follow(wizard: Wizard) -> None:
    from zeus_installer.screens.run import follow

    follow(wizard)


def _there_is_a_run(wizard: Wizard) -> bool:
    return not wizard.desk.dry_run and PLAN.exists()

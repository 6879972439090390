"""The course of the wizard, without its looks: where the operator is, what is wrong, what is under way."""

import gc
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from zeus_installer.checks.model import Verdict
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.draft import Draft
from zeus_installer.screens.form import Line, Screen, nothing
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.system.codec import Json

# The exit status of a wizard whose terminal has gone: its unit starts it again. sysexits.h: EX_TEMPFAIL.
HUNG_UP: Final = 75


class Face(Protocol):
    """What shows the wizard: urwid or plain lines. Every call returns at once or, in plain mode, once answered."""

    def refresh(self) -> None:
        """Show the screen as it is now."""

    def attend(self, name: str) -> None:
        """Put the focus on a field."""

    def tell(self, title: str, lines: Sequence[Line], *, at_end: bool = False) -> None:
        """Show a text over the screen until it is dismissed; of a long one `at_end` shows the end first."""

    def ask(self, title: str, lines: Sequence[Line], choices: Mapping[str, Callable[[], None]]) -> None:
        """Ask for one of the choices; the last one is what Esc means."""

    def ask_text(self, title: str, label: str, text: str, then: Callable[[str], None], *, secret: bool = False) -> None:
        """Ask for a line of text."""

    def listen(self, job: Job) -> None:
        """Read a job whenever it has something to say."""

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something a little later."""

    def shell(self) -> None:
        """Give the terminal to a shell, and come back after it."""

    def leave(self) -> None:
        """End the wizard; a run goes on without it."""


class Wizard:
    """The operator's way through the screens. What is typed stays until the run begins, wherever the way leads."""

    def __init__(self, desk: Desk, screens: Sequence[Screen], *, face: Face, draft: Draft) -> None:
        self.desk = desk
        self.face = face
        self.screens = screens
        self.screen = screens[0]
        self.checked: set[str] = set()
        self.changed = False
        self.on_tick: Callable[[Wizard], None] = nothing
        self.wrong: dict[str, list[str]] = {}
        self.kept = ""
        self.draft = draft

    @property
    def way(self) -> Sequence[Screen]:
        """The screens that lie before the operator now."""
        return [screen for screen in self.screens if screen.visible_when(self.desk)]

    def open_forms(self) -> None:
        """Open the first form, with what an earlier wizard has kept; the others are loaded once it is shown."""
        from zeus_installer.screens import machine

        self.desk.inputs, self.kept = self.draft.load()
        self.screens = [machine.SCREEN]
        self.show(machine.SCREEN)
        self.face.after(0, self._load_forms)

    def _load_forms(self) -> None:
        from zeus_installer.screens import machine
        from zeus_installer.screens.flow import form_screens

        self.screens = form_screens()
        # What is loaded stays: the collector need not look at it again between two keys.
        gc.freeze()
        if machine.is_known(self.desk):
            self.seen()
        self.face.refresh()

    def show(self, screen: Screen) -> None:
        """Go to a screen, whatever came before it."""
        self.screen = screen
        self.desk.said = ""
        self._check()
        screen.enter(self)
        self.save()
        self.face.refresh()

    def put(self, name: str, value: Json) -> None:
        """Take in what was typed or chosen."""
        self.desk.inputs[name] = value
        for job in self.screen.results:
            self.cancel(job)
            self.desk.jobs.pop(job, None)
        self.desk.said = ""
        self.changed = True
        self._check()

    def put_secret(self, name: str, text: str) -> None:
        """Take in a text that must not leave memory."""
        self.desk.typed[name] = text
        self.desk.said = ""
        self._check()

    def go_on(self) -> None:
        """Go to the next screen, if nothing is wrong with this one."""
        if self.is_good():
            way = list(self.way)
            self.show(way[way.index(self.screen) + 1])

    def is_good(self) -> bool:
        """Whether the operator may go on from here; says why not, at the fields that are to blame."""
        self.checked.add(self.screen.id)
        self._check()
        reason = self.screen.blocked(self.desk)
        if not reason and self.wrong:
            reason = "see what is marked" if len(self.wrong) == 1 else f"{len(self.wrong)} fields are marked"
        self.desk.said = reason or self._refused()
        self.face.refresh()
        if self.wrong:
            self.face.attend(next(field.name for field in self.screen.fields(self.desk) if field.name in self.wrong))
        return not self.desk.said

    def go_in(self) -> None:
        """Go on behind the password, for as long as this wizard runs; elsewhere, only take note of it."""
        way = list(self.way)
        asked = self.screen.id == "password"
        following = way[way.index(self.screen) + 1] if asked else self.screen
        self.desk.admitted = True
        if asked:
            self.show(self._kept_screen() or following)

    def seen(self) -> None:
        """Go where an earlier wizard was left, now that the machine is known."""
        kept = self._kept_screen()
        if kept is not None and not any(screen.id == "password" for screen in self.way):
            self.show(kept)

    def _kept_screen(self) -> Screen | None:
        found = next((screen for screen in self.way if screen.id == self.kept), None)
        if found is not None:
            self.kept = ""
        return None if found is self.screen else found

    def go_back(self) -> None:
        """Go to the screen before; nothing typed is lost."""
        way = list(self.way)
        index = way.index(self.screen) if self.screen in way else 0
        if index and self.screen.can_go_back:
            self.show(way[index - 1])
        else:
            self.ask_to_leave()

    def show_log(self) -> None:
        """Show all that the run has said."""
        if self.desk.progress is not None:
            lines: list[Line] = [("", line.expandtabs()) for line in self.desk.log]
            self.face.tell("Log", lines or [("dim", "nothing yet")], at_end=True)

    def ask_to_leave(self) -> None:
        """Ask before leaving: Ctrl-C and Esc are pressed by accident."""
        lines: list[Line] = [("", "What you typed is kept until the next reboot: zeus wizard opens it again.")]
        if self.desk.status is not None:
            lines = [("", "The run goes on without this screen: zeus wizard shows it again.")]
        self.face.ask("Leave the wizard?", lines, {"Leave": self.face.leave, "Stay": self.face.refresh})

    def order(
        self,
        order: str,
        data: Mapping[str, Json],
        *,
        title: str,
        heard: Callable[[Job, Message], None] | None = None,
        name: str = "",
        stdin: bool = False,
    ) -> Job:
        """Give an order to the worker; one of the same name (that of the order) is stopped first, if need be."""
        name = name or order
        self.cancel(name)

        def hear(job: Job, message: Message) -> None:
            if heard is not None and self.desk.jobs.get(name) is job:
                heard(job, message)

        job = Job({"order": order, **data}, title=title, heard=hear, stdin=stdin)
        self.desk.jobs[name] = job
        self.face.listen(job)
        return job

    def cancel(self, name: str) -> None:
        """Stop an order that is under way."""
        job = self.desk.jobs.get(name)
        if job is not None:
            job.cancel()

    def answers_data(self) -> dict[str, Json]:
        """Give the answers as a file would have them."""
        from zeus_installer.screens.gather import gather

        return gather(self.way, self.desk).data

    def good_data(self) -> dict[str, Json]:
        """Give the answers of this screen, and of each other one that is good by itself: the rest has yet to come."""
        from zeus_installer.screens.gather import gather

        others = [screen for screen in self.way if screen is not self.screen]
        good = [screen for screen in others if gather([screen], self.desk).answers is not None]
        return gather([self.screen, *good], self.desk).data

    def tick(self) -> None:
        """Do what is done every second: keep what was typed, show how long jobs have taken, see a run that began."""
        if self.changed:
            self.save()
        self.on_tick(self)
        self.face.refresh()

    def close(self) -> None:
        """Keep what was typed, and stop what is under way for this wizard alone."""
        self.save()
        for job in self.desk.jobs.values():
            job.cancel()
        self.draft.give_up()

    def save(self) -> None:
        """Keep what was typed, for whoever opens the wizard next."""
        self.changed = False
        if self.screen in self.screens:
            self.draft.save(self.desk.inputs, self.screen.id)

    def _check(self) -> None:
        if self.screen.id not in self.checked:
            self.wrong = {}
            return
        from zeus_installer.screens.gather import complaints, gather

        self.wrong = complaints(self.screen, self.desk, gather(self.way, self.desk))

    def _refused(self) -> str:
        """Say why the machine does not allow what was chosen here, if it does not."""
        if self.screen.judge is None or self.desk.machine is None:
            return ""
        from zeus_installer.screens.gather import gather

        answers = gather([self.screen], self.desk).answers
        if answers is None:
            return ""
        finding = self.screen.judge(self.desk.machine, answers)
        return f"{finding.seen}\n{finding.remedy}" if finding.verdict is Verdict.FAIL else ""

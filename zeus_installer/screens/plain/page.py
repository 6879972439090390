"""What all screens have in common as lines: head, notes, waiting for what was ordered, the list of what can be done."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Protocol

from zeus_installer.screens.form import SHOWN_FIELDS, Field, Line, Note
from zeus_installer.screens.jobs import Job
from zeus_installer.screens.plain.console import Console, Interrupted
from zeus_installer.screens.plain.fields import WrongAnswerError, explained, number_of
from zeus_installer.screens.progress import has_failed
from zeus_installer.screens.wizard import Wizard

AGAIN: Final = "Answer the questions again"
# Orders that go on while the operator does: nobody waits for their end.
_UNREAD: Final = frozenset({"download", "follow", "rehearse"})
_EVERY: Final = 10

Action = tuple[str, Callable[[], None]]


class Moved(BaseException):
    """The wizard is no longer where the operator is asked."""


class Talk(Protocol):
    """How the operator is talked to, see `Plain`."""

    def answer(
        self, prompt: str = "", *, watch: Callable[[], None], field: Field | None = None, secret: bool = False
    ) -> str:
        """Give what is typed at a prompt."""

    def say_pages(self, lines: Sequence[Line]) -> None:
        """Say lines, as many at a time as a terminal has room for."""


class Page(ABC):
    """The present screen of a wizard, until the wizard is on another one."""

    def __init__(self, wizard: Wizard, console: Console, talk: Talk) -> None:
        self.wizard = wizard
        self.desk = wizard.desk
        self.console = console
        self.talk = talk
        self._situation = _situation(wizard)
        self._told: dict[int, set[Line]] = {}

    @abstractmethod
    def visit(self) -> None:
        """Go through it; ends by `Moved` alone."""

    def watch(self) -> None:
        """See what has happened meanwhile."""
        if _situation(self.wizard) != self._situation:
            raise Moved
        self.hear()

    def hear(self) -> None:
        """Say what the wizard has to say, once."""
        said, self.desk.said = self.desk.said, ""
        if said:
            self.console.say(said)

    def say_head(self) -> None:
        """Say which screen it is."""
        screen, way = self.wizard.screen, list(self.wizard.way)
        step = f"step {way.index(screen) + 1} of {len(way)}" if screen in way else ""
        self.console.say(f"\n{', '.join(filter(None, (screen.title, step, 'dry run' if self.desk.dry_run else '')))}")
        if screen.intro:
            self.console.say(screen.intro)

    def say_notes(self) -> None:
        """Say the lines of the notes that were not said before."""
        for item in self.wizard.screen.shown(self.desk):
            if isinstance(item, Note):
                lines = [line for line in item.lines(self.desk) if line[1]]
                told = self._told.get(id(item), set())
                self.talk.say_pages([line for line in lines if _gist(line) not in told])
                self._told[id(item)] = {_gist(line) for line in lines}

    def fields(self) -> Sequence[Field]:
        """Give the fields that are asked for now."""
        return [item for item in self.wizard.screen.fields(self.desk) if isinstance(item, SHOWN_FIELDS)]

    def settle(self) -> bool:
        """Wait until what was ordered is there; gives whether it took any waiting. Ctrl-C stops it."""
        told: dict[Job, int] = {}
        while (waited := self._waited()) or self.console.has_timers:
            for name in waited:
                job = self.desk.jobs[name]
                if job not in told:
                    self.console.say(f"{job.title} ...")
                elif job.seconds >= told[job] + _EVERY:
                    self.console.say(f"{job.title}: {job.seconds} s. Ctrl-C stops it.")
                else:
                    continue
                told[job] = job.seconds
            try:
                self.console.turn(reading=False)
            except Interrupted:
                for name in waited:
                    self.wizard.cancel(name)
                if not waited:
                    self.wizard.ask_to_leave()
            self.watch()
        return bool(told)

    def choose(self, *, default: bool) -> Action:
        """Have the operator choose what to do; `default`: Enter takes the first."""
        actions = self._actions()
        self.console.say("\nWhat now?")
        for place, (label, _) in enumerate(actions, 1):
            self.console.say(f"  {place}. {label}")
        while True:
            text = self.talk.answer("Number [1]:" if default else "Number:", watch=self.watch)
            try:
                return actions[0 if default and not text else number_of(text, len(actions))]
            except WrongAnswerError as error:
                self.console.say(str(error))

    def do(self, call: Callable[[], None]) -> bool:
        """Do something; gives whether it said nothing by itself, so that what comes of it is still to be awaited."""
        before = self.console.rows
        call()
        silent = self.console.rows == before and not self.desk.said
        self.watch()
        if self.settle():
            self._told.clear()
        return silent

    def again(self) -> None:  # noqa: B027 - only a form asks anything
        """Ask anew."""

    def _waited(self) -> Sequence[str]:
        return [name for name, job in self.desk.jobs.items() if job.running and name not in _UNREAD]

    def _actions(self) -> Sequence[Action]:
        wizard, screen = self.wizard, self.wizard.screen
        actions: list[Action] = []
        if screen.forward:
            actions.append((screen.forward, partial(screen.proceed, wizard)))
        if screen.can_go_back and screen is not wizard.way[0]:
            actions.append(("Back", wizard.go_back))
        shown = [button for button in screen.buttons if button.visible_when(self.desk)]
        actions += [(button.label, partial(button.press, wizard)) for button in shown]
        if self.fields():
            actions.append((AGAIN, self.again))
        return [*actions, ("Help", self._help), ("Leave", wizard.ask_to_leave)]

    def _help(self) -> None:
        self.console.say_lines(explained(None, self.wizard.screen, self.desk))


def _situation(wizard: Wizard) -> tuple[str, bool]:
    """Tell where the wizard is, as far as other things can be done there."""
    return wizard.screen.id, has_failed(wizard.desk)


def _gist(line: Line) -> Line:
    """Give what tells one line from another: how long a job has taken does not."""
    style, text = line
    return (style, re.sub(r"\d", "", text)) if style == "dim" else line

"""The wizard as lines: question, choices, answer. For screen readers, dumb terminals and pipes."""

import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Final

from zeus_installer.screens.form import Field, Line
from zeus_installer.screens.jobs import Job
from zeus_installer.screens.plain.console import Console, InputEnded, Interrupted
from zeus_installer.screens.plain.fields import EMPTY, WrongAnswerError, explained, number_of, values
from zeus_installer.screens.plain.form import Form
from zeus_installer.screens.plain.page import Moved, Page
from zeus_installer.screens.plain.run import Progress, Ready, Teller
from zeus_installer.screens.tui.look import Look
from zeus_installer.screens.wizard import HUNG_UP, Wizard
from zeus_installer.system.errors import UsageError

PAGE: Final = 20
_KEYS: Final = (
    "At each question: Enter keeps what stands in brackets, ? explains, < goes back, = says all answers of the screen, "
    "! leaves."
)


class _Left(BaseException):
    """The operator leaves."""


class Plain:
    """The face of a wizard on lines."""

    def __init__(self, look: Look) -> None:
        self._console = Console(look)
        self._wizard: Wizard

    def run(self, wizard: Wizard, begin: Callable[[], None]) -> None:
        """Show the wizard until it is left, or until nobody types any more."""
        self._wizard = wizard
        self._console.open(wizard.tick, self._end_by)
        try:
            self._console.say(_KEYS)
            begin()
            teller = Teller(wizard.desk)
            while True:
                self._visit(teller)
        except _Left:
            return
        except InputEnded:
            if wizard.desk.status is None:
                raise UsageError(
                    "wizard.incomplete",
                    "the input ended before all questions were answered; nothing was done",
                    hint="an answer file needs no input: zeus install --answers FILE",
                ) from None
        finally:
            wizard.close()
            self._console.close()

    def answer(
        self,
        prompt: str = "",
        *,
        watch: Callable[[], None],
        field: Field | None = None,
        secret: bool = False,
    ) -> str:
        """Give what is typed at a prompt; what is none of the words that are understood everywhere."""
        wizard = self._wizard
        while True:
            watch()
            try:
                text = self._console.line(prompt, secret=secret, watch=watch)
            except Interrupted:
                wizard.ask_to_leave()
                continue
            match text.strip():
                case "?":
                    self._console.say_lines(explained(field, wizard.screen, wizard.desk))
                case "=":
                    self._say_all(values(wizard.screen, wizard.desk))
                case "<":
                    wizard.go_back()
                case "!":
                    wizard.ask_to_leave()
                case _ if not text.isprintable() or "\ufffd" in text:
                    self._console.say("That has keys in it that are no characters. Type it again.")
                case stripped:
                    return text if secret else stripped

    def say_pages(self, lines: Sequence[Line]) -> None:
        """Say lines, as many at a time as a terminal has room for."""
        begin = self._console.rows
        for line in lines:
            if self._console.rows - begin >= PAGE:
                if self._line("Enter for more, - for no more:") == EMPTY:
                    return
                begin = self._console.rows
            self._console.say_lines([line])

    # What the wizard asks of its face.

    def refresh(self) -> None:
        """Do nothing: what has changed is said when it is its turn."""

    def attend(self, name: str) -> None:
        """Do nothing: what wants attention is asked for again."""

    def tell(self, title: str, lines: Sequence[Line], *, at_end: bool = False) -> None:
        """Say a text, a page at a time."""
        self._console.say(f"\n{title}")
        if at_end and len(lines) > PAGE:
            self._console.say_lines(lines[-PAGE:])
            if self._line("Enter for all of it from its beginning, - for no more:") == EMPTY:
                return
        self.say_pages(lines)

    def ask(self, title: str, lines: Sequence[Line], choices: Mapping[str, Callable[[], None]]) -> None:
        """Ask for one of the choices; Enter is the last one."""
        self._console.say(f"\n{title}")
        self._console.say_lines(lines)
        labels = list(choices)
        self._say_all(f"  {number}. {label}" for number, label in enumerate(labels, 1))
        while True:
            text = self._line(f"Number [{len(labels)}]:")
            try:
                place = len(labels) - 1 if text in ("", EMPTY) else number_of(text, len(labels))
            except WrongAnswerError as error:
                self._console.say(str(error))
            else:
                choices[labels[place]]()
                return

    def ask_text(self, title: str, label: str, text: str, then: Callable[[str], None], *, secret: bool = False) -> None:
        """Ask for a line of text; `-` takes the question back."""
        self._console.say(f"\n{title}. - goes back.")
        typed = self._line(f"{label} [{text}]:" if text else f"{label}:", secret=secret)
        if typed != EMPTY:
            then(typed or text)

    def listen(self, job: Job) -> None:
        """Read a job whenever it has something to say."""
        self._console.listen(job)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something a little later; what only waits for the screen to be shown, at once."""
        if seconds:
            self._console.after(seconds, call)
        else:
            call()

    def shell(self) -> None:
        """Give the terminal to a root shell, and come back."""
        self._console.say("A root shell. exit comes back to the wizard; the machine is as the run left it.")
        self._console.shell()

    def leave(self) -> None:
        """End the wizard."""
        raise _Left

    def _visit(self, teller: Teller) -> None:
        """Go through the present screen, until the wizard is on another one."""
        page: Page
        match self._wizard.screen.id:
            case "progress":
                page = Progress(self._wizard, self._console, self, teller)
            case "done":
                page = Ready(self._wizard, self._console, self, teller)
            case _:
                page = Form(self._wizard, self._console, self)
        with suppress(Moved):
            page.visit()

    def _line(self, prompt: str, *, secret: bool = False) -> str:
        """Give what is typed at a prompt of a question about the wizard itself; Ctrl-C takes it back."""
        try:
            text = self._console.line(prompt, secret=secret)
        except Interrupted:
            return EMPTY
        return text if secret else text.strip()

    def _say_all(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._console.say(text)

    def _end_by(self, number: int, _frame: FrameType | None) -> None:
        """End on a hang-up or when told to; what was typed is kept."""
        self._wizard.close()
        if number == signal.SIGHUP:
            os._exit(HUNG_UP)
        raise _Left

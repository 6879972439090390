"""The run as lines: each line of its log once, now and then how far it is; the countdown to the reboot."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.plain.console import Console
from zeus_installer.screens.plain.page import Page, Talk
from zeus_installer.screens.progress import failure_lines, has_failed
from zeus_installer.screens.run import RUNNING
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import duration

_EVERY: Final = 15.0
_SECONDS_TOLD: Final = (30, 20, 10, 5, 4, 3, 2, 1)
_MEANWHILE: Final = "Enter lists what can be done meanwhile."


class Teller:
    """Knows what was said of the run so far, whichever screen it was said on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last: str | None = None
        self._due = time.monotonic() + _EVERY
        self._second: int | None = None

    def news(self) -> Iterator[str]:
        """Give what there is to say now."""
        yield from self._new_lines()
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _EVERY
            yield from self._standing()

    def countdown(self) -> Iterator[str]:
        """Give how long it is until the reboot, at the seconds when that is said."""
        second = self._desk.countdown
        if second != self._second and second in _SECONDS_TOLD:
            yield f"The machine reboots in {second} s."
        elif second != self._second and second is None:
            yield "The machine reboots now."
        self._second = second

    def _new_lines(self) -> Sequence[str]:
        """Give the lines of the log behind the one that was given last: that very one, for many are alike."""
        new: list[str] = []
        for line in reversed(self._desk.log):
            if line is self._last:
                break
            new.append(line)
        if new:
            self._last = new[0]
        return new[::-1]

    def _standing(self) -> Iterator[str]:
        progress = self._desk.progress
        if progress is None or self._desk.state not in ("", *RUNNING):
            return
        view = progress.view(time.time())
        said = []
        for step in view.steps:
            if step.state == "running":
                share = f" {step.done / step.total:.0%}" if step.done is not None and step.total else ""
                said.append(f"{step.part or step.title}{share}")
        if view.remaining is not None:
            half = "until the reboot" if view.half == "linux" else "until the host is finished"
            said.append(f"about {duration(view.remaining)} {half}")
        if said:
            yield f"{', '.join(said)}."


class _RunPage(Page):
    """A screen of the run, where things are said while nothing is asked."""

    def __init__(self, wizard: Wizard, console: Console, talk: Talk, teller: Teller) -> None:
        super().__init__(wizard, console, talk)
        self.teller = teller

    def listen(self, hint: str, news: Callable[[], Iterator[str]]) -> None:
        """Say what is new, until Enter is pressed."""

        def watch() -> None:
            for line in news():
                self.console.say(line)
            self.watch()

        self.console.say(hint)
        self.talk.answer(watch=watch)


class Progress(_RunPage):
    """The run goes on, or has failed."""

    def visit(self) -> None:
        """Say what happens; after a failure, what can be done."""
        failed = has_failed(self.desk)
        if failed:
            self._say_failure()
        else:
            self.say_head()
        while True:
            if not failed:
                self.listen(_MEANWHILE, self.teller.news)
            _, call = self.choose(default=False)
            if self.do(call) and failed:
                self.listen(_MEANWHILE, self.teller.news)

    def _say_failure(self) -> None:
        """Say why the run has stopped; steps and log were told line by line."""
        self.console.say_lines(failure_lines(self.desk))


class Ready(_RunPage):
    """The first half is done, and the machine reboots."""

    def visit(self) -> None:
        """Count down until Enter is pressed, then do what the operator wants done."""
        self.say_head()
        self.say_notes()
        list(self.teller.countdown())  # the screen has said where it begins
        while True:
            if self.desk.countdown is not None:
                self.listen("Enter stops the countdown.", self.teller.countdown)
                if self.desk.countdown is not None:
                    self.desk.countdown = None
                    self.say_notes()
                list(self.teller.countdown())
            _, call = self.choose(default=False)
            if self.do(call):
                self.listen(f"The machine reboots. {_MEANWHILE}", self.teller.countdown)

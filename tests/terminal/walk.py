"""Somebody at the wizard: goes from screen to screen with keys, and waits for what they bring, never for a time."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.terminal.terminal import Terminal, TerminalError

PASSWORD: Final = "correct horse battery staple"
REPOSITORY: Final = "https://packages.example.org/xapi/"
KEY: Final = "https://packages.example.org/key.asc"
# The screens in their order, by id, and what their head line calls them.
TITLES: Final = {
    "machine": "Machine",
    "storage": "Storage",
    "network": "Network",
    "access": "Access",
    "packages": "Packages",
    "summary": "Summary",
    "progress": "Installation",
    "done": "Ready",
    "status": "Host",
}
# What is there once a screen has all that it waits for.
_FILLED: Final[Mapping[str, str | re.Pattern[str]]] = {
    "machine": re.compile(r"^(FAIL|warning|ok) ", re.MULTILINE),
    "summary": "Destroyed",
    "status": "How to connect",
}
_MARK: Final = re.compile(r"(\[[x ]\]|\([* ]\)| - ) ")
_FAR: Final = 120
# How much of a text that is not shown is counted; the line may be too narrow for more.
_MASKED: Final = 40
# How much of a line is its label.
_LABEL: Final = 17


def command(machine: Path, *options: str, speed: float = 2000) -> list[str]:
    """Give the command that opens the wizard on a recorded machine."""
    program = (sys.executable, "-m", "zeus_installer", "wizard", "--dry-run")
    return [*program, f"--machine={machine}", f"--speed={speed:g}", *options]


class Walker:
    """Presses keys at a wizard. `plain` keys are arrows, Tab, Enter, Esc and what is typed; no F10, no Ctrl."""

    def __init__(self, terminal: Terminal, *, plain: bool = False) -> None:
        self.terminal = terminal
        self.plain = plain

    @property
    def row(self) -> str:
        """The line that the cursor is in."""
        place = self.terminal.cursor
        return self.terminal.text.split("\n")[place[0]] if place else ""

    @property
    def mark(self) -> str:
        """The box of the option or the row that the cursor is on; nothing elsewhere."""
        place = self.terminal.cursor
        found = _MARK.match(self.row, place[1] - 1) if place and place[1] else None
        return found[1] if found else ""

    @property
    def read(self) -> str:
        """What is on the screen, with the lines that were broken put together again."""
        return " ".join(self.terminal.text.split())

    def expect(self, *sentences: str) -> None:
        """Wait until the sentences are on the screen, wherever their lines are broken."""
        for sentence in sentences:
            self.terminal.wait(partial(_reads, sentence), sentence)

    def at(self, screen: str) -> None:
        """Wait until the screen is there, with all that it waits for."""
        self.terminal.expect(re.compile(rf"\A Zeus installer: {TITLES[screen]} "))
        if screen in _FILLED:
            self.terminal.expect(_FILLED[screen])

    def press(self, key: str) -> None:
        """Press a key, and wait until something has come of it."""
        self._rest()
        before = self._seen()
        self.terminal.press(key)
        self.terminal.wait(lambda _: self._seen() not in (before, None), f"what {key} brings")

    def to_field(self, label: str) -> None:
        """Go to a line to type in."""
        self._seek(lambda: not self.mark and self.row.startswith(label), label)

    def to_row(self, text: str) -> None:
        """Go to an option by its label, or to a row of a table by one of its cells."""
        self._seek(lambda: text in self._cells(), text)

    def to_button(self, label: str) -> None:
        """Go to a button."""
        self._seek(lambda: self._button() == label, f"[ {label} ]")

    def fill(self, label: str, text: str) -> None:
        """Type into a line, in place of what is there."""
        self.to_field(label)
        self._empty()
        self.terminal.type(text)
        ends = (text[-6:], "*" * min(len(text), _MASKED))
        self.terminal.wait(lambda _: self._before_cursor().endswith(ends), f"{text!r} in {label}")

    def choose(self, *texts: str) -> None:
        """Choose options, pick rows: each by a text of its own."""
        for text in texts:
            self.to_row(text)
            if self.mark not in ("[x]", "(*)"):
                self.switch(text)

    def switch(self, text: str) -> None:
        """Press Space on a row."""
        self.to_row(text)
        before = self.mark
        self.terminal.press("space")
        self.terminal.wait(lambda _: self.mark not in (before, ""), f"{text} to be another way round")

    def button(self, label: str) -> None:
        """Press a button."""
        self.to_button(label)
        self.terminal.press("enter")

    def go_on(self) -> None:
        """Press the first button, whatever it is called."""
        if self.plain:
            self._seek(lambda: self._button() != "" and self.row.startswith(f"[ {self._button()} ]"), "the buttons")
            first = self.row[2:].partition(" ]")[0]
            self.button(first)
        else:
            self.terminal.press("f10")

    def _empty(self) -> None:
        if not self.plain:
            self.terminal.press("ctrl-u")
            # What is typed next may look like what was there: stars.
            self.terminal.wait(lambda _: self._is_empty(), "the line to be empty")
        while not self._is_empty():
            self.press("backspace")

    def _is_empty(self) -> bool:
        return self.terminal.cursor is not None and not self._before_cursor()[_LABEL:].strip()

    def _seek(self, there: Callable[[], bool], what: str) -> None:
        """Go down through all that can have the focus, and around, until it is on what is looked for."""
        for _ in range(_FAR):
            self._rest()
            if there():
                return
            self.press("tab" if self._button() else "down")
        raise TerminalError(f"the focus does not come to {what!r}\n{self.terminal.text}")

    def _rest(self) -> None:
        """Wait until a screen is drawn to its end: the cursor is hidden until then."""
        self.terminal.wait(lambda _: self.terminal.cursor is not None, "a cursor")

    def _cells(self) -> Sequence[str]:
        place = self.terminal.cursor
        if not place or not self.mark:
            return ()
        return re.split(r" {2,}", self.row[place[1] + 3 :])

    def _before_cursor(self) -> str:
        place = self.terminal.cursor
        return self.row.ljust(place[1])[: place[1]] if place else ""

    def _button(self) -> str:
        """The label of the button that the cursor is on."""
        place = self.terminal.cursor
        found = re.compile(r"\[ (.*?) \]").match(self.row, place[1] - 2) if place and place[1] > 1 else None
        return found[1] if found else ""

    def _seen(self) -> object:
        return (self.terminal.text, self.terminal.cursor) if self.terminal.cursor else None


def _reads(sentence: str, text: str) -> bool:
    return sentence in " ".join(text.split())


Deed = Callable[[Walker], None]


def nothing(_walker: Walker) -> None:
    """Leave everything as it stands there."""


def accept(walker: Walker) -> None:
    """Accept what the machine has against it, where that is possible."""
    if "\nFAIL " in walker.terminal.text:
        walker.choose("Accept it: this host runs PV guests only")


def give_password(walker: Walker) -> None:
    """Give root a password."""
    walker.fill("Root password", PASSWORD)
    walker.fill("Once more", PASSWORD)
    walker.press("tab")
    walker.terminal.expect("a password is set")


def give_repository(walker: Walker) -> None:
    """Say where the packages are."""
    walker.fill("Repository", REPOSITORY)
    walker.fill("  its key", KEY)


def begin(walker: Walker) -> None:
    """Say yes to the installation."""
    walker.go_on()
    walker.terminal.expect("Begin the installation?")
    walker.button("Begin")


# What is done on a screen before it is left. Where it says nothing, what stands there stays.
DEEDS: Final[Mapping[str, Deed]] = {"machine": accept, "access": give_password, "packages": give_repository}


def walk(
    terminal: Terminal, *, to: str, since: str = "machine", deeds: Mapping[str, Deed] | None = None, plain: bool = False
) -> Walker:
    """Go to a screen; `deeds` does something else on the screens that it names. Gives who went there."""
    walker = Walker(terminal, plain=plain)
    names = list(TITLES)
    for name in names[names.index(since) :]:
        walker.at(name)
        if name == to:
            break
        {**DEEDS, **(deeds or {})}.get(name, nothing)(walker)
        if name == "summary":
            begin(walker)
        elif name != "progress":
            walker.go_on()
    return walker

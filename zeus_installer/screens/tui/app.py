"""The urwid program: one loop that hears keys, workers and the clock, and never waits for anything."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Final, NoReturn

import urwid

from zeus_installer.screens.form import Line as Words
from zeus_installer.screens.help import help_lines
from zeus_installer.screens.jobs import Job
from zeus_installer.screens.tui.dialogs import Dialog, closing
from zeus_installer.screens.tui.look import PALETTE, Look
from zeus_installer.screens.tui.page import Page
from zeus_installer.screens.tui.rows import Line
from zeus_installer.screens.tui.screen import ThriftyScreen, give_size
from zeus_installer.screens.wizard import HUNG_UP, Wizard

_TICK: Final = 1.0
# Seconds until the screen is drawn: alarms that are due come before.
_SOON: Final = 0.02


class _Root(urwid.WidgetPlaceholder):
    """Hears every key first, in the order in which they were typed."""

    def __init__(self, widget: urwid.Widget, press: Callable[[str], bool]) -> None:
        super().__init__(widget)
        self._press = press

    def keypress(self, size: tuple[int, int], key: str) -> str | None:
        """Take the key, or let what is shown take it."""
        unhandled: str | None = None if self._press(key) else super().keypress(size, key)
        return unhandled


class Tui:
    """The face of a wizard on a terminal."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._screen = ThriftyScreen()
        self._loop: urwid.MainLoop
        self._page: Page
        self._wizard: Wizard
        self._dialogs: list[Dialog] = []

    def run(self, wizard: Wizard, begin: Callable[[], None]) -> None:
        """Show the wizard until it is left; `begin` opens the first screen."""
        urwid.set_encoding("ascii" if self._look.ascii else "utf-8")
        self._wizard = wizard
        give_size(sys.stdout.fileno())
        self._page = Page(wizard, self._look, self._help)
        self._screen.set_terminal_properties(colors=1 if self._look.mono else 16, bright_is_bold=False)
        self._take_signal_keys()
        self._everywhere: Mapping[str, Callable[[], None]] = {
            "ctrl c": wizard.ask_to_leave,
            "esc": wizard.go_back,
            "f1": self._help,
            "f2": wizard.show_log,
            "f10": self._page.go_on,
        }
        self._root = _Root(self._page, self._press)
        self._loop = urwid.MainLoop(
            self._root,
            PALETTE,
            self._screen,
            handle_mouse=False,
            input_filter=self._resize,
            event_loop=urwid.SelectEventLoop(),
        )
        for number in (signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, self._end_by)
        another = self._loop.watch_pipe(self._hand_over)
        signal.signal(signal.SIGUSR1, lambda *_: os.write(another, b"x"))
        self._page.resized(self._screen.get_cols_rows()[0])
        self._loop.set_alarm_in(_TICK, self._tick)
        begin()
        self._look_again()
        try:
            self._loop.run()
        finally:
            self._wizard.close()

    def refresh(self) -> None:
        """Show what has changed; urwid draws when it comes to rest."""
        self._page.update()

    def attend(self, name: str) -> None:
        """Put the focus on a field."""
        self._page.attend(name)

    def tell(self, title: str, lines: Sequence[Words], *, at_end: bool = False) -> None:
        """Show a text until it is dismissed."""
        self._open(Dialog(self._look, title, lines, [("Close", self._close)], at_end=at_end))

    def ask(self, title: str, lines: Sequence[Words], choices: Mapping[str, Callable[[], None]]) -> None:
        """Ask for one of the choices."""
        self._open(Dialog(self._look, title, lines, closing(choices, self._close)))

    def ask_text(self, title: str, label: str, text: str, then: Callable[[str], None], *, secret: bool = False) -> None:
        """Ask for a line of text."""
        line = Line(text, lambda _text: None, secret=secret)
        buttons = closing({"OK": lambda: then(line.edit_text), "Cancel": self.refresh}, self._close)
        self._open(Dialog(self._look, title, [("", f"{label}:")], buttons, line=line))

    def listen(self, job: Job) -> None:
        """Read the job's messages as they come."""
        handle: object = None

        def ready() -> None:
            if not job.read():
                self._loop.remove_watch_file(handle)
                job.end()
            # Once for all that has come: a run that is shown from its beginning has thousands of events.
            self.refresh()

        handle = self._loop.watch_file(job.fileno(), ready)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something a little later."""
        self._loop.set_alarm_in(seconds, lambda *_: call())

    def shell(self) -> None:
        """Give the terminal to a root shell, and come back."""
        self._loop.stop()
        sys.stdout.write("\nA root shell. exit comes back to the wizard; the machine is as the run left it.\n")
        sys.stdout.flush()
        subprocess.run([os.environ.get("SHELL") or "/bin/sh"], check=False)
        self._loop.start()
        self._take_signal_keys()
        self._screen.clear()

    def leave(self) -> None:
        """End the loop."""
        raise urwid.ExitMainLoop

    def _take_signal_keys(self) -> None:
        """Have Ctrl-C and its like come as keys: none of them may end the wizard."""
        self._screen.tty_signal_keys(
            intr="undefined", quit="undefined", start="undefined", stop="undefined", susp="undefined"
        )

    def _open(self, dialog: Dialog) -> None:
        self._dialogs.append(dialog)
        self._lay_out()

    def _close(self) -> None:
        if self._dialogs:
            self._dialogs.pop()
        self._lay_out()

    def _lay_out(self) -> None:
        columns, rows = self._screen.get_cols_rows()
        top: urwid.Widget = self._page
        for dialog in self._dialogs:
            top = dialog.over(top, columns=columns, rows=rows)
        self._root.original_widget = top

    def _help(self) -> None:
        screen, desk = self._wizard.screen, self._wizard.desk
        self.tell(f"Help: {screen.title}", help_lines(self._page.field, screen, desk))

    def _resize(self, keys: list[str], _raw: list[int]) -> list[str]:
        """Lay out anew for another size, before it is drawn."""
        if "window resize" in keys:
            self._page.resized(self._screen.get_cols_rows()[0])
            self._lay_out()
            self._look_again()
        return keys

    def _look_again(self) -> None:
        """Refresh once the screen is drawn: only then it shows how much fits."""
        self._loop.set_alarm_in(_SOON, lambda *_: self.refresh())

    def _press(self, key: str) -> bool:
        """Take a key that means the same everywhere; gives whether it was one. A dialog has the keys to itself."""
        if key == "ctrl l":
            self._screen.clear()
            return True
        call = None if self._dialogs else self._everywhere.get(key)
        if call is not None:
            call()
        return call is not None

    def _tick(self, *_: object) -> None:
        self._wizard.tick()
        self._loop.set_alarm_in(_TICK, self._tick)

    def _hand_over(self, _data: bytes) -> None:
        from zeus_installer.screens.elsewhere import hand_over

        hand_over(self._wizard)

    def _end_by(self, number: int, _frame: FrameType | None) -> NoReturn:
        """End on a hang-up or when told to; what was typed is kept."""
        self._wizard.close()
        if number == signal.SIGHUP:
            os._exit(HUNG_UP)
        raise urwid.ExitMainLoop

"""The wizard in this process, without a terminal and without a worker: for tests that press very many keys."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import urwid

from tests.terminal.display import Display
from tests.terminal.machines import machine
from zeus_installer.checks.model import Finding, Verdict
from zeus_installer.checks.registry import run_checks
from zeus_installer.engine.status import Status
from zeus_installer.plan import restore
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.draft import Draft
from zeus_installer.screens.flow import form_screens
from zeus_installer.screens.form import Screen
from zeus_installer.screens.jobs import Job
from zeus_installer.screens.tui.app import Tui
from zeus_installer.screens.tui.look import Look
from zeus_installer.screens.tui.screen import ThriftyScreen
from zeus_installer.screens.wizard import Wizard
from zeus_installer.system.codec import encode
from zeus_installer.system.events import Failure
from zeus_installer.worker.plan import plan
from zeus_installer.worker.rehearsal import rehearsal
from zeus_installer.worker.stored import steps_of

HASH: Final = f"$6$saltsalt${'A' * 86}"
_PASSED: Final = encode(Finding(id="packages.repository", verdict=Verdict.PASS, seen="all is there", remedy=""))


class StillScreen(ThriftyScreen):
    """A screen that is no terminal: what is written to it is kept until it is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.size = (80, 24)
        self.written: list[str] = []
        self._started = True

    def get_cols_rows(self) -> tuple[int, int]:
        return self.size

    def tty_signal_keys(self, *_: object, **__: object) -> None:
        """Set nothing: there is no terminal."""

    def write(self, data: str) -> None:
        self.written.append(data)

    def flush(self) -> None:
        """Nobody waits for it."""


class Answers:
    """What a worker would say, by order: recorded once, said at once."""

    def __init__(self, name: str) -> None:
        self.machine = machine(name)
        self.encoded = encode(self.machine)
        self.findings = run_checks(self.machine, None)
        repo = {"id": "xapi", "baseurl": "https://packages.example.org/", "gpgkey": "https://packages.example.org/key"}
        data = {"version": 1, "packages": {"repos": [repo]}, "checks": {"accept": ["cpu.virtualization"]}}
        order = {"order": "plan", "answers": data, "machine": self.encoded, "findings": []}
        self.plan: Mapping[str, Any] = plan(order, None)  # type: ignore[arg-type,assignment] # it says nothing meanwhile
        self.run = list(self._run())
        self._random = random.Random(7)  # noqa: S311 - the same each time

    def _run(self) -> Iterator[Mapping[str, Any]]:
        made = restore(self.plan["plan"])
        yield {"plan": {"steps": steps_of(made)}}
        for _, moment in rehearsal(made, fail=made.steps[2].id):
            yield {"status": encode(moment)} if isinstance(moment, Status) else {"event": json.loads(moment.to_line())}

    def of(self, order: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What comes of an order; None: an error."""
        if self._random.random() < 0.1:
            return None
        match order["order"]:
            case "look":
                return {"machine": self.encoded, "findings": encode(self.findings)}
            case "administrators":
                return {"names": ["root"], "asked": True, "readable": True, "open": False}
            case "admit":
                return {"admitted": self._random.random() < 0.5, "open": False}
            case "hash":
                return {"hash": HASH}
            case "network":
                return {"findings": [_PASSED]}
            case "packages":
                return {"finding": _PASSED}
            case "plan":
                return self.plan
            case "host":
                return {"hostname": "xen1", "addresses": {"xenbr0": ["192.0.2.10/24"]}, "sr": None}
        return {}


class StillJob(Job):
    """An order that nobody carries out: `finish` says what came of it."""

    answers: Answers

    def __init__(self, order: Mapping[str, Any], **more: Any) -> None:
        self.order = order
        with patch("zeus_installer.screens.jobs.start_own"), patch("os.set_blocking"):
            super().__init__(order, **more)

    def fileno(self) -> int:
        return -1

    def tell(self, message: Mapping[str, Any]) -> None:
        """Hear nothing."""

    def finish(self) -> None:
        if not self.running:
            return
        if self.order["order"] in ("follow", "rehearse"):
            for message in self.answers.run:
                self._take(json.dumps(message).encode())
        else:
            self.result = self.answers.of(self.order)
            if self.result is None and self.error is None:
                self.error = Failure(code="worker.gone", message="it did not work\nat all", hint="try again")
        self.took = 1.0
        self._heard(self, {})

    def cancel(self) -> None:
        if self.running:
            self.error = Failure(code="worker.cancelled", message="cancelled", hint="")
            self.took = 1.0


class Inside(Tui):
    """The face of a wizard that is driven key by key. Whoever leaves, or wants a shell, stays."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.screen = self._screen = StillScreen()
        self.jobs: list[StillJob] = []
        self.alarms: list[tuple[float, Callable[[], None]]] = []
        self.clock = 0.0
        self.left = 0
        self.shells = 0

    def open(self, wizard: Wizard) -> None:
        """Make ready for keys, as `run` does before it hears any."""
        with (
            patch.object(urwid.MainLoop, "run"),
            patch("signal.signal"),
            patch("zeus_installer.screens.tui.app.give_size"),
            patch.object(wizard, "close"),
        ):
            self.run(wizard, lambda: None)

    def keys(self, *keys: str) -> None:
        """Hear keys that came at once."""
        self._loop.process_input(self._loop.input_filter(list(keys), []))
        if "window resize" in keys:
            self._loop.screen_size = None

    def resize(self, columns: int, rows: int) -> None:
        self.screen.size = (columns, rows)
        self.keys("window resize")

    def draw(self) -> None:
        self._loop.draw_screen()

    def pass_time(self) -> None:
        """Let a second pass: what was waited for comes."""
        self.clock += 1
        due = [call for at, call in self.alarms if at <= self.clock]
        self.alarms = [(at, call) for at, call in self.alarms if at > self.clock]
        for call in due:
            call()
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job.finish()
        self._wizard.tick()

    @property
    def focus(self) -> urwid.Widget:
        """The innermost widget that has the focus."""
        widget: Any = self._root
        while True:
            inside = getattr(widget.base_widget, "_w", widget.base_widget)
            following = getattr(inside, "focus", None) if inside is widget.base_widget else inside
            if following is None:
                return inside
            widget = following

    @property
    def drawn(self) -> Sequence[str]:
        """The lines of what was drawn last, as urwid knows them."""
        rows: Sequence[bytes] = self._root.render(self.screen.size, focus=True).text
        return [row.decode().rstrip() for row in rows]

    def close_dialogs(self) -> None:
        while self._dialogs:
            self._close()

    def listen(self, job: Job) -> None:
        if isinstance(job, StillJob):
            self.jobs.append(job)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        self.alarms.append((self.clock + seconds, call))

    def shell(self) -> None:
        self.shells += 1

    def leave(self) -> None:
        self.left += 1


class Shown:
    """A terminal that gets what a `StillScreen` has written."""

    def __init__(self, screen: StillScreen) -> None:
        self._screen = screen
        self._display = Display(*screen.size, utf8=True, answer=lambda _: None)

    def lines(self) -> Sequence[str]:
        data = "".join(self._screen.written)
        self._screen.written.clear()
        self._display.feed(data.encode())
        return self._display.text.split("\n")

    def resize(self) -> None:
        self._display.resize(*self._screen.size)


def make_wizard(directory: Path, answers: Answers, *, look: Look, dry_run: bool = False) -> tuple[Wizard, Inside]:
    """Make a wizard that has seen the machine, and its face."""
    face = Inside(look)
    draft = Draft(directory)
    draft.take()
    desk = Desk(dry_run=dry_run, machine=answers.machine, findings=answers.findings)
    screens: Sequence[Screen] = form_screens()
    wizard = Wizard(desk, screens, face=face, draft=draft)
    face.open(wizard)
    return wizard, face

"""10,000 random keys on every screen: nothing is raised, nothing is lost, nothing is written but the draft."""

import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.component.wizard.inside import Answers, Inside, Shown, StillJob, make_wizard
from zeus_installer.screens import done, progress, status
from zeus_installer.screens.desk import Administrators
from zeus_installer.screens.flow import form_screens
from zeus_installer.screens.form import Screen
from zeus_installer.screens.run import begin
from zeus_installer.screens.tui.look import Look
from zeus_installer.screens.wizard import Wizard

KEYS: Final = 10_000
DRAWN_EVERY: Final = 50
NAMED: Final = (
    *("up", "down", "left", "right", "home", "end", "page up", "page down", "tab", "shift tab", "enter", " ", "esc"),
    *("backspace", "delete", "insert", "f1", "f2", "f10", "f3", "f12", "ctrl l", "ctrl u", "ctrl c", "ctrl d"),
    *("meta x", "ctrl up", "shift f1", "meta enter", "<0>", "<195>", "begin paste", "end paste", "focus in"),
)
CHARACTERS: Final = "aZ019 .,:/=-_$[]\"'\\é漢😀\u0301\u202e\u00ad"
PASTES: Final = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q admin@example.org",
    "192.0.2.10/24",
    "https://packages.example.org/xapi/",
    "x" * 300,
)
SIZES: Final = ((80, 24), (120, 40), (40, 10), (200, 60), (20, 8), (10, 3), (80, 24))
ANSWERS: Final = Answers("leftovers")
SCREENS: Final[dict[str, Screen]] = {
    **{screen.id: screen for screen in form_screens()},
    **{screen.id: screen for screen in (progress.SCREEN, done.SCREEN, status.SCREEN)},
}
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES: Final = {
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown"),
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect"),
}


class Watch:
    """Notes what the process changes outside of a directory, while there is one."""

    def __init__(self) -> None:
        self.allowed: Path | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.allowed is None or not (event in CHANGES or (event == "open" and arguments[2] & WRITING)):
            return
        path = arguments[0]
        if not isinstance(path, int) and not f"{path}/".startswith(f"{self.allowed}/"):
            self.seen.append(f"{event} {arguments[0]}")


WATCH: Final = Watch()


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only directory that anything may be written to."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(StillJob, "answers", ANSWERS, raising=False)
    monkeypatch.setattr("zeus_installer.screens.wizard.Job", StillJob)
    # Files that are saved because somebody said so: not here.
    monkeypatch.setattr("zeus_installer.system.files.write_atomic", no_space)
    WATCH.seen.clear()
    WATCH.allowed = tmp_path
    yield tmp_path
    WATCH.allowed = None


def no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_watch_sees_what_is_written(draft: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (draft / "draft").write_text("")
    assert WATCH.seen == []
    other = tmp_path_factory.getbasetemp() / "other"
    other.write_text("")
    other.unlink()
    assert WATCH.seen == [f"open {other}", f"os.remove {other}"]


@pytest.mark.parametrize("name", SCREENS)
def test_random_keys(name: str, draft: Path) -> None:
    dice = random.Random(f"zeus {name}")  # noqa: S311 - the same each time
    look = Look(ascii=name in ("storage", "done"), mono=name == "network")
    wizard, face = make_wizard(draft, ANSWERS, look=look)
    go_to(wizard, SCREENS[name])
    pressed = 0
    while pressed < KEYS:
        keys = some_keys(dice, look)
        pressed += len(keys)
        try:
            face.keys(*keys)
            after(wizard, face)
            if dice.random() < 1 / DRAWN_EVERY:
                now_and_then(wizard, face, dice)
        except Exception as error:
            error.add_note(f"after {pressed} keys, the last of them {keys}, at {face.screen.size}")
            raise
        if wizard.screen is not SCREENS[name]:
            face.draw()
            go_to(wizard, SCREENS[name])
    assert WATCH.seen == []


def some_keys(dice: random.Random, look: Look) -> list[str]:
    """A key, most of the time; else a paste. Without UTF-8 each byte of a character is one."""
    kind = dice.random()
    if kind < 0.005:
        return list(dice.choice(PASTES))
    if kind < 0.7:
        return [dice.choice(NAMED)]
    character = dice.choice(CHARACTERS)
    return list(character.encode().decode("latin-1")) if look.ascii else [character]


def after(wizard: Wizard, face: Inside) -> None:
    """What holds after every key."""
    assert face.focus is not None
    assert json.loads(json.dumps(wizard.desk.inputs)) == wizard.desk.inputs
    assert not wizard.desk.typed.keys() & wizard.desk.inputs.keys()


def now_and_then(wizard: Wizard, face: Inside, dice: random.Random) -> None:
    """A second passes, the terminal gets another size, dialogs are closed; and all is drawn."""
    what = dice.random()
    if what < 0.2:
        face.resize(*dice.choice(SIZES))
    elif what < 0.4:
        face.close_dialogs()
    elif what < 0.9:
        face.pass_time()
        assert wizard.draft.load()[0] in ({}, wizard.desk.inputs)
    face.draw()
    assert len(face.drawn) == face.screen.size[1]
    face.screen.written.clear()


def go_to(wizard: Wizard, screen: Screen) -> None:
    """Come to a screen as whoever has what it needs."""
    desk = wizard.desk
    desk.machine, desk.findings = ANSWERS.machine, ANSWERS.findings
    desk.administrators = Administrators(names=["root"], asked=True, readable=True, open=False)
    desk.admitted = screen.id != "password"
    if screen in (progress.SCREEN, done.SCREEN, status.SCREEN) and desk.progress is None:
        desk.plan, desk.view = ANSWERS.plan["plan"], ANSWERS.plan["view"]
        begin(wizard)
    wizard.show(screen)


def test_the_terminal_shows_what_urwid_believes(draft: Path) -> None:
    """Scrolling, and sending only what has changed, come to the same as drawing everything."""
    dice = random.Random("zeus")  # noqa: S311 - the same each time
    wizard, face = make_wizard(draft, ANSWERS, look=Look(ascii=False, mono=False))
    shown = Shown(face.screen)
    for screen in SCREENS.values():
        go_to(wizard, screen)
        for _ in range(30):
            face.keys(dice.choice(NAMED[:17]) if dice.random() < 0.8 else dice.choice("aZ 09"))
            if dice.random() < 0.1:
                face.pass_time()
            face.draw()
            assert shown.lines() == face.drawn

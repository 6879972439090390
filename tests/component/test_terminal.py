"""The terminal that the wizard's tests sit at, with programs small enough to know what they show."""

import re
import signal
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import snapshots
from tests.terminal.display import Cell
from tests.terminal.machines import machine_file
from tests.terminal.picture import draw, picture
from tests.terminal.screenshots import SCREENSHOTS, take, without_made_up
from tests.terminal.snapshots import check_snapshot
from tests.terminal.terminal import Terminal, TerminalError
from zeus_installer.machine.replay import load

ROOT = Path(__file__).parents[2]
TOY = (sys.executable, "-m", "tests.terminal.toy")
# Says what it reads, byte by byte, until a full stop.
ECHO = """
import os, sys, tty
tty.setraw(0)
print("ready", end="\\r\\n", flush=True)
while (data := os.read(0, 1)) != b".":
    print(data.hex(), end=" ", flush=True)
"""


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.fixture
def toy() -> Iterator[Terminal]:
    with Terminal(TOY, directory=ROOT) as terminal:
        terminal.expect("Quit")
        yield terminal


def test_a_walk_with_keys_only(toy: Terminal) -> None:
    toy.type("Jürgen")
    toy.press("down", "enter")
    toy.expect("Hello Jürgen")
    toy.press("down", "enter")
    assert (toy.finish(), toy.stderr) == (0, "")
    assert "Hello" not in toy.text  # The main screen is back.


def test_a_snapshot_of_a_screen(toy: Terminal) -> None:
    check_snapshot(toy, "toy", styled=True)


def test_another_screen_is_shown_as_a_difference(toy: Terminal) -> None:
    toy.type("x")
    toy.expect("Name: x")
    with pytest.raises(AssertionError) as caught:
        check_snapshot(toy, "toy", styled=True, timeout=0.5)
    assert "\n-│Name:   " in str(caught.value)
    assert "\n+│Name: x " in str(caught.value)


def test_a_snapshot_without_its_volatile_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "SCREENS", tmp_path / "tests" / "fixtures" / "screens")
    monkeypatch.setenv("ZEUS_SNAPSHOTS", "write")
    check_snapshot("took 12.5 s  \n\n", "times", mask=[r"\d+\.\d+"])
    assert (snapshots.SCREENS / "times.txt").read_text() == "took #### s\n"
    monkeypatch.delenv("ZEUS_SNAPSHOTS")
    check_snapshot("took 99.9 s", "times", mask=[r"\d+\.\d+"])
    with pytest.raises(AssertionError, match=r"\n-took #### s\n\+took ## s"):
        check_snapshot("took 10 s", "times", mask=[r"\d+(\.\d+)?"])


def test_colours_and_attributes(toy: Terminal) -> None:
    assert toy.cell("A toy") == Cell(text="A", fg="brightwhite", bg="blue")
    toy.press("down")
    toy.settle()
    assert toy.cell("< Greet") == Cell(text="<", reverse=True)
    with pytest.raises(TerminalError, match="'Nobody' is not on the screen"):
        toy.cell("Nobody")


def test_a_resize_reaches_the_program(toy: Terminal) -> None:
    toy.resize(100, 30)
    toy.expect(re.compile(rf"^┌{'─' * 47} Toy {'─' * 46}┐$", re.MULTILINE))
    assert len(toy.attributes) == 30
    assert {len(row) for row in toy.attributes} == {100}


def test_a_hang_up_ends_the_program(toy: Terminal) -> None:
    toy.hang_up()
    assert toy.finish() == -signal.SIGHUP


def test_keys_are_sent_as_the_terminal_sends_them() -> None:
    sent = {
        "xterm-256color": "1b 5b 41 1b 4f 50 1b 5b 32 34 7e 1b 5b 5a 0d 03 1b 78 7f 1b",
        "linux": "1b 5b 41 1b 5b 5b 41 1b 5b 32 34 7e 1b 5b 5a 0d 03 1b 78 7f 1b",
    }
    for term, expected in sent.items():
        with Terminal(program(ECHO), term=term) as terminal:
            terminal.expect("ready")
            terminal.press("up", "f1", "f12", "shift-tab", "enter", "ctrl-c", "alt-x", "backspace", "esc", ".")
            assert terminal.finish() == 0
            assert terminal.output.decode().split()[1:] == expected.split()
    with pytest.raises(ValueError, match="no key is called 'hyper'"), Terminal(program(ECHO)) as terminal:
        terminal.press("hyper")


def test_bytes_are_counted() -> None:
    with Terminal(program("print('0123456789', end='')")) as terminal:
        assert terminal.finish() == 0
        assert (terminal.bytes_sent, terminal.output, terminal.text.rstrip()) == (10, b"0123456789", "0123456789")


def test_status_and_standard_error() -> None:
    with Terminal(program("import sys; print('seen'); sys.exit('a traceback')")) as terminal:
        assert (terminal.finish(), terminal.text.rstrip(), terminal.stderr) == (1, "seen", "a traceback\n")
        with pytest.raises(TerminalError, match=r"(?s)left the terminal waiting for 'more'.*seen\n--- stderr\na trace"):
            terminal.expect("more")


def test_text_that_does_not_come_is_an_error_with_the_screen(toy: Terminal) -> None:
    with pytest.raises(TerminalError, match=r"(?s)^timed out waiting for 'Nobody' on the screen\nA toy\n┌─.*Quit"):
        toy.expect("Nobody", timeout=0.1)
    with pytest.raises(TerminalError, match=r"^timed out waiting for 'Quit' to go away"):
        toy.expect_gone("Quit", timeout=0.1)


def test_the_environment_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEUS_SECRET", "x")
    text = (
        "import os; print(*(f'{n}={os.environ.get(n)}' for n in ('TERM', 'LC_ALL', 'ZEUS_SECRET', 'OWN')), sep='\\n')"
    )
    with Terminal(program(text), term="vt220", locale="C", environment={"OWN": "1"}) as terminal:
        terminal.finish()
        assert terminal.text.split() == ["TERM=vt220", "LC_ALL=C", "ZEUS_SECRET=None", "OWN=1"]


def test_children_end_with_the_terminal() -> None:
    text = "import os, time; child = os.fork(); print(os.getpid() if child else 'child', flush=True); time.sleep(600)"
    with Terminal(program(text)) as terminal:
        terminal.expect("child")
        group = int(terminal.expect(re.compile(r"\d+"))[0])
    # A signal takes its time on a machine that is busy; what never ends is ended by the test's own limit.
    while any(group_of(path) == group for path in Path("/proc").glob("[0-9]*/stat")):
        time.sleep(0.05)


def group_of(stat: Path) -> int | None:
    """The process group of a process that is neither gone nor a zombie."""
    try:
        state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return None
    return None if state in "ZX" else int(group)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        pytest.param(r"\x1b[?u\x1b[>4;2m\x1b[<u\x1b[?4mplain", [("p", "default", False)], id="keyboard protocols"),
        pytest.param(r"\x1b]P7ffffff\x1b[?2026$px", [("x", "default", False)], id="palette and modes"),
        pytest.param(r"\x1b[1;38;5;208mx", [("x", "ff8700", True)], id="256 colours"),
        pytest.param(r"\x1b[31mm\x1b[?1049h\x1b[2Jalternate\x1b[?1049l", [("m", "red", False)], id="alternate screen"),
    ],
)
def test_what_terminals_understand(sent: str, shown: list[tuple[str, str, bool]]) -> None:
    with Terminal(program(f"print('{sent}', end='', flush=True)")) as terminal:
        terminal.finish()
        first = terminal.attributes[0][0]
        assert [(first.text, first.fg, first.bold)] == shown


def test_line_drawing_without_utf_8() -> None:
    text = r"import sys; sys.stdout.buffer.write(b'\x1b)0\x0elqk\x0f \xe9')"
    with Terminal(program(text), locale="C") as terminal:
        terminal.finish()
        assert terminal.text.rstrip() == "┌─┐ é"


def test_the_terminal_says_where_the_cursor_is() -> None:
    with Terminal(
        program("import os, tty; tty.setraw(0); os.write(1, b'abc\\x1b[6n'); print(os.read(0, 9))")
    ) as terminal:
        terminal.expect(r"b'\x1b[1;4R'")


def test_a_picture_holds_all_that_is_shown(toy: Terminal) -> None:
    toy.type("<&>")
    toy.expect("Name: <&>")
    drawn = picture(toy, "The toy")
    texts = [element.text for element in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own
    assert texts == ["A toy", "Toy", "Name: <&>", "< Greet", ">", "< Quit", ">", "日", "本", "<&> Grüße"]
    assert drawn == picture(toy, "The toy")


def test_a_run_of_equal_places_is_one_text() -> None:
    row = [Cell(text=char, fg="red", bold=True) for char in "a b"] + [Cell(text=char) for char in "  ─── d"]
    style = 'lengthAdjust="spacingAndGlyphs" fill="#ef5350" font-weight="bold"'
    assert draw([row], "A run").splitlines()[3:-2] == [
        f'<text x="0" y="14" textLength="27" {style}>a b</text>',
        '<path d="M45 9.5H72" stroke="#d3d7cf" stroke-width="1"/>',
        '<text x="81" y="14" textLength="9" lengthAdjust="spacingAndGlyphs">d</text>',
    ]


@pytest.mark.parametrize("name", ["machine", "failure"])
def test_screenshots_are_the_same_each_time(name: str) -> None:
    shot = SCREENSHOTS[name]
    taken = take(shot)
    assert f'aria-label="{shot.title}"' in taken
    assert taken == take(shot)


def test_what_a_plan_makes_up_is_the_same_in_each_picture() -> None:
    row = [Cell(text=char) for char in "日"] + [Cell(text="")]
    row += [Cell(text=char) for char in " 0f8b3a52-9c1d-4e6f-8a7b-123456789abc: localsr-0f8b3a52"]
    shown = "".join(cell.text for cell in without_made_up(row))
    assert shown == "日 6f1d1c2e-3a0b-4d5c-8e9f-0a1b2c3d4e5f: localsr-6f1d1c2e"


def test_a_recorded_machine_as_a_file(tmp_path: Path) -> None:
    path = machine_file("leftovers", tmp_path)
    assert path == tmp_path / "leftovers.json"
    assert load(path).hostname == "plain.lab.example"

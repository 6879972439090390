"""What a terminal can show, by what its environment says."""

import pytest

from zeus_installer.screens.tui.look import Look, choose_look

UTF8, ASCII = False, True
COLOURS, MONO = False, True


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "xterm-256color", "LANG": "C.UTF-8"}, (UTF8, COLOURS)),
        ({"TERM": "xterm-256color", "LANG": "de_DE.utf8"}, (UTF8, COLOURS)),
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8", "LC_ALL": "C"}, (ASCII, COLOURS)),
        ({"TERM": "xterm-256color", "LANG": "de_DE.ISO-8859-1"}, (ASCII, COLOURS)),
        ({"TERM": "xterm-256color"}, (ASCII, COLOURS)),
        ({"TERM": "xterm-256color", "LC_CTYPE": "C.UTF-8"}, (ASCII, COLOURS)),
        ({"TERM": "xterm-256color", "LC_CTYPE": "cs_CZ.UTF-8"}, (UTF8, COLOURS)),
        ({"TERM": "linux"}, (UTF8, COLOURS)),
        ({"TERM": "linux", "LANG": "C"}, (ASCII, COLOURS)),
        ({"TERM": "screen", "LANG": "C.UTF-8", "NO_COLOR": "1"}, (UTF8, MONO)),
        ({"TERM": "vt220", "LANG": "C.UTF-8"}, (ASCII, MONO)),
        ({"TERM": "vt100", "LANG": "C.UTF-8"}, (ASCII, MONO)),
        ({"TERM": "dumb", "LANG": "C.UTF-8"}, (ASCII, MONO)),
        ({}, (ASCII, MONO)),
    ],
)
def test_the_environment_decides(environment: dict[str, str], wanted: tuple[bool, bool]) -> None:
    look = choose_look(environment)
    assert (look.ascii, look.mono) == wanted


def test_options_force() -> None:
    able = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    assert choose_look(able, ascii_only=True) == Look(ascii=True, mono=False)
    assert choose_look(able, mono=True) == Look(ascii=False, mono=True)


def test_words_as_the_terminal_can_show_them() -> None:
    text = "remedy → GRÖSSE 漢 …\n\tx"
    assert Look(ascii=False, mono=False).words(text) == text
    assert Look(ascii=True, mono=False).words(text) == "remedy -> GR?SSE ? ...\n\tx"


@pytest.mark.parametrize("ascii_only", [False, True])
def test_nothing_steers_the_terminal(ascii_only: bool) -> None:
    assert Look(ascii=ascii_only, mono=False).words("\x1b[2Ja\x07b\x9bc\u202ed\x7f\x00") == "[2Jabcd"


def test_boxes_are_of_the_same_characters() -> None:
    look = Look(ascii=True, mono=False)
    assert all(char.isascii() for char in (*look.box.values(), look.rule))
    assert Look(ascii=False, mono=False).box == {}

"""The lab's console driver and its screen, with a real shell on a pseudo terminal at the other end."""

import os
import pty
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.console import Console, ConsoleError
from tests.lab.screen import Screen


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    near, far = socket.socketpair()
    leader, follower = pty.openpty()
    shell = subprocess.Popen(
        ["bash", "--norc"], stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    )
    os.close(follower)
    for source, target in ((leader, far.fileno()), (far.fileno(), leader)):
        threading.Thread(target=relay, args=(source, target), daemon=True).start()
    console = Console(near, tmp_path / "serial.log")
    console.prepare_shell()
    yield console
    shell.kill()
    shell.wait()
    far.close()
    console.close()


def relay(source: int, target: int) -> None:
    try:
        while data := os.read(source, 4096):
            os.write(target, data)
    except OSError:
        return


def test_a_command_gives_its_status_and_all_it_printed(console: Console) -> None:
    result = console.run("printf 'one\\ntwo\\n'; echo three >&2; (exit 7)")
    assert (result.status, result.output) == (7, "one\ntwo\nthree\n")


def test_what_xen_says_in_between_is_not_the_commands(console: Console) -> None:
    assert console.run("echo one; echo '(XEN) uart interrupt taking more than 4ms'; echo two").output == "one\ntwo\n"


def test_long_lines_and_files_arrive_whole(console: Console, tmp_path: Path) -> None:
    content = "".join(f"line {number} $HOME 'quoted' \\ {'x' * 60}\n" for number in range(40))
    console.write_file(str(tmp_path / "file"), content)
    assert (tmp_path / "file").read_text() == content


def test_check_raises_with_the_commands_words(console: Console) -> None:
    with pytest.raises(AssertionError, match="ended with 1 in the guest:\ncat: /nowhere: No such file"):
        console.check("cat /nowhere")


def test_expect_consumes_and_counts_do_not(console: Console) -> None:
    console.send("echo b''oot; echo b''oot\n")
    console.wait_count("boot\n", 2, 10)
    console.expect("boot\n", 10)
    console.expect("boot\n", 10)
    with pytest.raises(ConsoleError, match="timed out waiting for 'boot"):
        console.expect("boot\n", 0.2)
    assert console.log.read_bytes().count(b"boot\r\n") == 2


def test_a_screen_shows_what_a_program_draws(console: Console) -> None:
    screen = Screen(console)
    screen.type(r"printf '\033[2J\033[1;1Hold\033[5;10Hhere\033[1;1Hnew\033[24;1H'")
    screen.press("enter")
    screen.expect(re.compile(r"^new\n\n\n\n {9}here$", re.MULTILINE), 10)
    assert screen.lines[4] == "         here"
    assert screen.cursor == (23, 0)
    screen.type("printf '\\033[2J'\n")
    assert "here" not in screen.expect_gone("new", 10)


def test_a_screen_leaves_out_the_soft_reset_of_systemd_also_in_pieces(console: Console) -> None:
    screen = Screen(console)
    screen.type("printf '\\033[!pwhole'; printf '\\033['; sleep 0.2; printf '!p and in pieces'; printf '\\033[1m!'\n")
    screen.expect("whole and in pieces!", 10)


def test_the_keys_of_a_screen_arrive_as_a_terminal_sends_them(console: Console) -> None:
    screen = Screen(console)
    screen.type("cat -v\n")
    screen.press("down", "f1", "shift tab", "x", "enter")
    screen.expect("^[[B^[OP^[[Zx", 10)
    screen.press("ctrl c")
    screen.type("echo a''gain\n")
    screen.expect("again", 10)
    with pytest.raises(ValueError, match="no such key: hyper"):
        screen.press("hyper")


def test_a_screen_answers_where_its_cursor_is(console: Console, tmp_path: Path) -> None:
    screen = Screen(console, columns=120, rows=40)
    answer = tmp_path / "answer"
    screen.type("printf '\\033[999;999H\\033[6n'; read -r -d R size; ")
    screen.type(f"printf '%s' \"${{size#*[}}\" > {answer}; printf '\\033[Hd''one'\n")
    screen.expect("done", 10)
    assert answer.read_text() == "40;120"


def test_what_does_not_come_is_told_with_what_the_screen_shows(console: Console) -> None:
    screen = Screen(console)
    screen.type("echo th''is\n")
    screen.expect("this", 10)
    with pytest.raises(ConsoleError, match=r"(?s)not on the screen: 'that'; it shows:\n.*this"):
        screen.expect("that", 0.1)
    assert "this\r\n" in console.raw
    assert "this\n" in console.text

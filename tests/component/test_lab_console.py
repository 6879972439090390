"""The lab's console driver, with a real shell on a pseudo terminal at the other end."""

import os
import pty
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.console import Console, ConsoleError


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

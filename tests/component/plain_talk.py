"""Somebody at `zeus wizard --plain`: reads what is said, and types when it is his turn."""

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

PATIENCE = 60.0
MOST_PROMPTS = 100
PASSWORD = "correct horse 7 battery"
# Where somebody has to type: the end of what was said so far.
PROMPT = re.compile(r"(^|\n)((\d+\.|Numbers?|Enter for|File|\[|Password)[^\n]*[:?] |Enter stops the countdown\.\n)\Z")

# What to type where this was said; Enter everywhere else.
ANSWERS: Mapping[str, str] = {
    "Accept it": "yes",
    "Root password": PASSWORD,
    "Once more": PASSWORD,
    "Repository": "https://packages.example.org/xapi/",
    "its key": "https://packages.example.org/key.asc",
    "Begin the installation?": "1",
    "Reboot now": "1",
    "Login prompt": "1",
}


class Line(Protocol):
    """A way to a program."""

    @property
    def output(self) -> bytes: ...
    @property
    def stderr(self) -> str: ...
    @property
    def process(self) -> "subprocess.Popen[bytes]": ...
    def type(self, text: str) -> None: ...
    def finish(self) -> int: ...


class Pipes:
    """A program between pipes."""

    def __init__(self, command: Sequence[str], *, locale: str, directory: Path) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=directory,
            env={**environment, "LC_ALL": locale, "TERM": "xterm"},
        )
        self.output = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Pipes":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for file in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert file
            file.close()

    def _read(self) -> None:
        assert self.process.stdout
        while data := os.read(self.process.stdout.fileno(), 65536):
            self.output += data

    def type(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    def finish(self) -> int:
        status = self.process.wait(PATIENCE)
        self._reader.join()
        assert self.process.stderr
        self.stderr = self.process.stderr.read().decode()
        return status


class Talk:
    """Somebody who reads what is said, and answers when it is his turn."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._read = 0

    @property
    def new(self) -> str:
        """What was said since the last answer."""
        return self.line.output[self._read :].decode().replace("\r\n", "\n")

    def hear(self, text: str) -> str:
        """Wait until it was said, wherever its lines are broken."""
        self._wait(lambda: text in " ".join(self.new.split()), text)
        return self.new

    def prompt(self) -> str:
        """Wait until it is our turn; gives what was said since the last time."""
        self._wait(lambda: PROMPT.search(self.new) is not None, "a prompt")
        return " ".join(self.new.split())

    def answer(self, text: str = "") -> None:
        """Type a line."""
        self._read = len(self.line.output)
        self.line.type(f"{text}\n")

    def at(self, words: str, text: str = "") -> str:
        """Answer the next prompt, which must say these words."""
        said = self.prompt()
        assert words in said
        self.answer(text)
        return said

    def walk(self, until: str, answers: Mapping[str, str] = ANSWERS) -> str:
        """Answer every prompt up to the one that says `until`."""
        for _ in range(MOST_PROMPTS):
            if until in (said := self.prompt()):
                return said
            self.answer(next((answer for words, answer in answers.items() if words in said), ""))
        raise AssertionError(f"never asked: {until}\n{self.line.output.decode()}")

    def _wait(self, there: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not there():
            ended = self.line.process.poll() is not None
            assert not ended and time.monotonic() < deadline, f"no {what}:\n{self.new}"
            time.sleep(0.005)

"""A process that holds a password leaves none of its memory behind, not even when it dies."""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATTERN = Path("/proc/sys/kernel/core_pattern")
PLANTED = b"-".join([b"planted", b"text"] * 3)

# The text is in the memory only, not among the arguments. 3 is PR_GET_DUMPABLE.
CHILD = """
import ctypes, os, pathlib, resource, signal
from zeus_installer.system.dumps import forbid_dumps
planted = "-".join(["planted", "text"] * 3)
{call}
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
pathlib.Path("said").write_text(f"{{dumpable}} {{resource.getrlimit(resource.RLIMIT_CORE)[0]}}")
os.kill(os.getpid(), signal.SIGABRT)
"""
SHELL = 'cd "$1" && ulimit -c unlimited && exec "$2" -c "$3"'


def die(directory: Path, call: str) -> tuple[str, int]:
    """Let a child that holds the text abort where cores are allowed. Gives what it said of itself, and its end."""
    argv = ["sh", "-c", SHELL, "sh", str(directory), sys.executable, CHILD.format(call=call)]
    child = os.posix_spawnp("sh", argv, {**os.environ, "PYTHONPATH": str(ROOT)})
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGABRT
    said = directory / "said"
    text = said.read_text()
    said.unlink()
    return text, status


def test_without_the_ban_the_text_is_in_the_core(tmp_path: Path) -> None:
    """The setup of the test below does dump, as far as the machine's handler of cores can be seen from here."""
    said, status = die(tmp_path, "")
    assert said == "1 -1"
    pattern = PATTERN.read_text()
    if not pattern.startswith(("|", "/")):
        assert os.WCOREDUMP(status)
        (core,) = tmp_path.iterdir()
        assert PLANTED in core.read_bytes()


def test_with_the_ban_there_is_no_core(tmp_path: Path) -> None:
    said, status = die(tmp_path, "forbid_dumps()")
    assert said == "0 0"
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []


def test_a_system_without_prctl_forbids_what_it_can(tmp_path: Path) -> None:
    gone = "ctypes.CDLL, real = lambda name: object(), ctypes.CDLL; forbid_dumps(); ctypes.CDLL = real"
    said, status = die(tmp_path, gone)
    assert said == "1 0"
    assert PATTERN.read_text().startswith("|") or not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []

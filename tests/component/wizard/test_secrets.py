"""A password that is typed is nowhere but in the memory of the wizard and of what hashes it."""

import os
import resource
import signal
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.component.wizard.conftest import Opener
from tests.terminal.terminal import Terminal
from tests.terminal.walk import Walker, nothing, walk

# Put together: copies of this file, which other tests make, do not have them.
PASSWORD, OTHER = ("=".join(("Zy9-qQ.improbable", end)) for end in ("words", "other"))
STATE = (Path("/run/zeus"), Path("/var/lib/zeus"), Path("/var/log/zeus"))


class Spy:
    """Looks at the command lines and the environments of all processes, again and again."""

    def __init__(self, *secrets: str) -> None:
        self.found: list[str] = []
        self.seen: set[str] = set()
        self._secrets = [secret.encode() for secret in secrets]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Spy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.002):
            for process in os.scandir("/proc"):
                if process.name.isdigit() and int(process.name) != os.getpid():
                    self._look_at(process.name)

    def _look_at(self, process: str) -> None:
        for name in ("cmdline", "environ"):
            try:
                text = Path(f"/proc/{process}/{name}").read_bytes()
            except OSError:
                continue
            if name == "cmdline":
                self.seen.add(text.replace(b"\0", b" ").decode(errors="replace").strip())
            self.found += [f"{process}/{name}" for secret in self._secrets if secret in text]


def type_password(walker: Walker, *, repeated: str = PASSWORD) -> None:
    walker.fill("Root password", PASSWORD)
    walker.fill("Once more", repeated)
    walker.press("tab")


def files(*directories: Path) -> Iterator[Path]:
    """Those that are there; directories of other tests may go while we look, which os.walk passes over."""
    for directory in directories:
        for top, _, names in os.walk(directory):
            yield from (path for path in map(Path(top).joinpath, names) if path.is_file() and not path.is_symlink())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The wizard's own HOME, TMPDIR and present directory."""
    (tmp_path / "tmp").mkdir()
    return tmp_path


@pytest.fixture
def here(home: Path, wizard: Opener) -> Callable[[], Terminal]:
    environment = {"HOME": str(home), "TMPDIR": str(home / "tmp")}
    return lambda: wizard("amd-iommu", environment=environment, directory=home)


def test_a_password_is_in_no_file_process_or_output(here: Callable[[], Terminal], home: Path) -> None:
    terminal = here()
    walker = walk(terminal, to="access")
    with Spy(PASSWORD, OTHER) as spy:
        type_password(walker, repeated=OTHER)
        terminal.press("f10")
        walker.expect("the two passwords differ")
        type_password(walker)
        terminal.expect("a password is set")
        walk(terminal, to="summary", since="access", deeds={"access": nothing})
        walker.button("Save answers")
        terminal.expect("zeus-answers.toml")
        terminal.press("enter")
        walker.expect("has the answers")
        walk(terminal, to="status", since="summary")
    walker.go_on()
    assert terminal.finish() == 0
    assert spy.found == []
    assert any("zeus_installer.worker" in line for line in spy.seen)
    output = terminal.output + terminal.stderr.encode()
    looked_at = list(files(home, *STATE))
    assert home / "zeus-answers.toml" in looked_at
    for secret in (PASSWORD, OTHER):
        assert secret.encode() not in output
        assert [path for path in looked_at if secret.encode() in path.read_bytes()] == []


def test_saved_answers_have_a_hash_and_are_their_owners_alone(here: Callable[[], Terminal], home: Path) -> None:
    terminal = here()
    walker = walk(terminal, to="summary")
    (home / "zeus-answers.toml").write_text("for everybody")
    (home / "zeus-answers.toml").chmod(0o644)
    walker.button("Save answers")
    terminal.expect("zeus-answers.toml")
    terminal.press("enter")
    walker.expect("has the answers; it does the same with: zeus install --answers")
    assert (home / "zeus-answers.toml").stat().st_mode & 0o7777 == 0o600
    host = tomllib.loads((home / "zeus-answers.toml").read_text())["host"]
    assert set(host) == {"hostname", "root_password_hash"}
    assert host["root_password_hash"].startswith("$")


def test_a_killed_wizard_leaves_no_core(here: Callable[[], Terminal], home: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        terminal = here()
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    walker = walk(terminal, to="access")
    walker.fill("Root password", PASSWORD)
    os.kill(terminal.process.pid, signal.SIGABRT)
    assert terminal.finish() == -signal.SIGABRT
    left = [path for path in files(home, Path(tempfile.gettempdir())) if PASSWORD.encode() in contents(path)]
    assert left == []
    assert [path.name for path in home.iterdir()] == ["tmp"]


def contents(path: Path) -> bytes:
    """What is in a file; those of other tests may go while we look."""
    try:
        return path.read_bytes() if path.stat().st_size < 1 << 26 else b""
    except OSError:
        return b""

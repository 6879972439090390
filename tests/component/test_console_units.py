"""What greets the operator at boot: the unit, its script on a real terminal, and the generator on scratch trees."""

import os
import pty
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from zeus_installer.engine.console_units import install_console, remove_console
from zeus_installer.system.target import Target

UNIT = "etc/systemd/system/zeus-wizard@.service"
SCRIPT = "etc/zeus/wizard-console"
GENERATOR = "etc/systemd/system-generators/zeus-wizard-generator"


def files_of(top: Path) -> list[str]:
    return sorted(str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir())


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    install_console(Target(tmp_path))
    return tmp_path


def test_it_is_installed_and_removed_as_a_whole(installed: Path) -> None:
    assert files_of(installed) == [GENERATOR, UNIT, SCRIPT]
    assert stat.S_IMODE((installed / GENERATOR).stat().st_mode) == 0o755
    install_console(Target(installed))
    assert files_of(installed) == [GENERATOR, UNIT, SCRIPT]
    remove_console(Target(installed))
    remove_console(Target(installed))
    assert files_of(installed) == []


def test_the_package_is_taken_where_it_is_and_masked_at_the_end(tmp_path: Path) -> None:
    packaged = tmp_path / "usr/lib/systemd/system-generators/zeus-wizard-generator"
    install_console(Target(tmp_path))
    packaged.parent.mkdir(parents=True)
    packaged.touch()
    install_console(Target(tmp_path))
    assert files_of(tmp_path) == [str(packaged.relative_to(tmp_path))]
    remove_console(Target(tmp_path))
    assert files_of(tmp_path) == [GENERATOR, str(packaged.relative_to(tmp_path))]
    assert str((tmp_path / GENERATOR).readlink()) == "/dev/null"
    install_console(Target(tmp_path))
    assert files_of(tmp_path) == [str(packaged.relative_to(tmp_path))]


def test_the_unit_holds_its_login_prompt_back_until_the_host_is_done(installed: Path) -> None:
    lines = (installed / UNIT).read_text().splitlines()
    wizard = f"{sys.executable} -m zeus_installer wizard --console"
    assert f"ExecStart=/bin/sh /{SCRIPT} run %I {wizard}" in lines
    assert "ConditionPathExists=!/var/lib/zeus/done" in lines
    assert "Type=oneshot" in lines
    assert "Before=getty@%i.service serial-getty@%i.service" in lines
    assert "network" not in "\n".join(line for line in lines if line.startswith(("After=", "Wants=", "Requires=")))


@pytest.mark.parametrize(
    ("terminals", "consoles", "arguments", "greeted"),
    [
        ("tty0 tty1", "tty0", "ro", ["tty1"]),
        ("tty0 tty1 ttyS0", "tty0 ttyS0", "ro quiet", ["tty1", "ttyS0"]),
        ("tty0 tty1 ttyS0 ttyS1", "ttyS1 ttyAMA0", "ro", ["tty1", "ttyAMA0", "ttyS1"]),
        ("tty0 tty1 ttyS0 hvc0", "tty0 ttyS0", "ro", ["hvc0", "tty1", "ttyS0"]),
        ("tty0 tty1 ttyS0 hvc0", "tty0 hvc0", "ro zeus.dom0", ["hvc0", "tty1"]),
        ("tty0 tty1 ttyS0 hvc0", "tty0 ttyS0 hvc0", "ro zeus.dom0 console=ttyS0", ["hvc0", "tty1"]),
        ("ttyS0", "ttyS0", "ro", ["ttyS0"]),
        ("tty0 tty1", "tty0 3270/tty1 x.y", "ro", ["tty1"]),
        ("", "", "", []),
    ],
)
def test_the_wizard_greets_on_the_machines_consoles(
    installed: Path, terminals: str, consoles: str, arguments: str, greeted: list[str]
) -> None:
    root = machine(installed / "root", terminals, consoles, arguments)
    wants = generate(installed, root) / "getty.target.wants"
    assert files_of(wants) == [f"zeus-wizard@{terminal}.service" for terminal in greeted]
    assert {str(link.readlink()) for link in wants.glob("*")} <= {f"/{UNIT}"}


def test_a_finished_host_greets_nobody(installed: Path) -> None:
    root = machine(installed / "root", "tty0 tty1 ttyS0", "tty0 ttyS0", "ro")
    (root / "var/lib/zeus").mkdir(parents=True)
    (root / "var/lib/zeus/done").touch()
    assert list(generate(installed, root).iterdir()) == []


def machine(root: Path, terminals: str, consoles: str, arguments: str) -> Path:
    for terminal in ("console", *terminals.split()):
        (root / "sys/class/tty" / terminal).mkdir(parents=True)
    (root / "sys/class/tty/console/active").write_text(f"{consoles}\n")
    (root / "proc").mkdir()
    (root / "proc/cmdline").write_text(f"{arguments}\n")
    return root


def generate(installed: Path, root: Path) -> Path:
    normal = installed / "normal"
    normal.mkdir()
    subprocess.run([installed / GENERATOR, normal, "/nowhere", "/nowhere", root], check=True)
    return normal


# Ends with the statuses that the file names, one after the other, and says what it finds.
WIZARD = """\
import os, sys
from pathlib import Path
statuses = Path(sys.argv[1])
status, *rest = statuses.read_text().split()
statuses.write_text(" ".join(rest))
leads = os.getsid(0) == os.getpid() and os.tcgetpgrp(0) == os.getpgrp()
print(f"wizard on {os.ttyname(0) == os.ttyname(1)} {leads} {tuple(os.get_terminal_size(0))} ends with {status}")
sys.exit(int(status))
"""


@pytest.mark.parametrize(
    ("statuses", "status", "last"),
    [
        ("0 9", 0, "ends with 0\r\n"),
        ("75 75 0 9", 0, "ends with 0\r\n"),
        ("75 1 9", 1, "\x1b[?1049l\r\nThe wizard ended with status 1. It can be started again: zeus wizard\r\n"),
    ],
)
def test_the_wizard_comes_back_after_a_hang_up_and_after_nothing_else(
    installed: Path, statuses: str, status: int, last: str
) -> None:
    (installed / "wizard").write_text(WIZARD)
    (installed / "statuses").write_text(statuses)
    leader, follower = pty.openpty()
    seen: list[bytes] = []
    reader = threading.Thread(target=read_all, args=(leader, seen))
    reader.start()
    terminal = os.ttyname(follower).removeprefix("/dev/")
    program = [sys.executable, installed / "wizard", installed / "statuses"]
    done = subprocess.run(["/bin/sh", installed / SCRIPT, "run", terminal, *program], capture_output=True, check=False)
    os.close(follower)
    reader.join()
    os.close(leader)
    text = b"".join(seen).decode()
    assert (done.returncode, done.stdout, done.stderr) == (status, b"", b"")
    assert (installed / "statuses").read_text() == "9"
    assert text.count("wizard on True True (80, 24)") == len(statuses.split()) - 1
    assert text.endswith(last)


def read_all(leader: int, seen: list[bytes]) -> None:
    try:
        while data := os.read(leader, 4096):
            seen.append(data)
    except OSError:
        return

"""Runs a Machine: one QEMU process, its serial consoles and its control socket.

A guest's reboot stays inside the process; what booted how often is read from the serial log.
"""

import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.lab.accelerator import accelerator
from tests.lab.console import Console, Result
from tests.lab.machine import OVMF_VARIABLES, Machine, first_existing
from tests.lab.qmp import Qmp, QmpError

# What each stage of a boot says on the serial line.
GRUB = r"GNU GRUB +version"
LINUX = r"\] Linux version \d"
XEN = r"\(XEN\) Xen version \d"
READY = r"LAB-READY"

# QEMU does not outlive a killed test run.
WITH_US = ("setpriv", "--pdeathsig", "KILL")


class Vm:
    """A running machine. Made by `boot`. `console` is the first of its consoles, where the kernel writes."""

    def __init__(self, process: subprocess.Popen[bytes], consoles: Sequence[Console], qmp: Qmp) -> None:
        self.process = process
        self.consoles = consoles
        self.console = consoles[0]
        self.qmp = qmp

    @property
    def log(self) -> Path:
        """The serial log."""
        return self.console.log

    def expect(self, pattern: str, timeout: float) -> re.Match[str]:
        """Wait (seconds) for text on the console; see Console.expect."""
        return self.console.expect(pattern, timeout)

    def send(self, text: str) -> None:
        """Type at the console."""
        self.console.send(text)

    def run(self, command: str, timeout: float = 60) -> Result:
        """Run a command at the root prompt."""
        return self.console.run(command, timeout)

    def check(self, command: str, timeout: float = 60) -> str:
        """Run a command that must succeed; its output."""
        return self.console.check(command, timeout)

    def login(self, timeout: float = 180) -> None:
        """Wait until the guest is up and take its root prompt."""
        self.expect(READY, timeout)
        self.prompt()

    def prompt(self) -> None:
        """Take the root prompt that is there; kernel messages no longer go to the console."""
        self.console.prepare_shell()
        self.check("dmesg -n 1")

    def wait_boots(self, banner: str, count: int, timeout: float) -> None:
        """Wait until the log holds the banner (GRUB, LINUX, XEN) `count` times."""
        self.console.wait_count(banner, count, timeout)

    def boots(self, banner: str) -> int:
        """How often the banner is in the log."""
        return sum(1 for _ in re.finditer(banner, self.console.text))

    def reset(self) -> None:
        """Press the reset button."""
        self.qmp.command("system_reset")

    def quit(self) -> None:
        """Pull the plug: QEMU ends, the guest is not told."""
        try:
            self.qmp.command("quit")
        except (QmpError, OSError):
            self.process.kill()
        self.process.wait(30)

    def wait_off(self, timeout: float = 120) -> None:
        """Wait (seconds) until the guest has powered itself off."""
        self.process.wait(timeout)

    def power_off(self, timeout: float = 120) -> None:
        """Tell the guest to shut down and wait for it."""
        self.send("systemctl poweroff\n")
        self.wait_off(timeout)


@contextmanager
def boot(machine: Machine, log: Path, *, extra: Sequence[str] = ()) -> Iterator[Vm]:
    """Start the machine; its console goes to `log`. The process ends with the context, come what may.

    A second console goes to a file beside it (`serial-2.log`). `extra` are more QEMU arguments.
    """
    prepare_variables(machine)
    log.parent.mkdir(parents=True, exist_ok=True)
    logs = [log if number == 1 else log.with_stem(f"{log.stem}-{number}") for number in console_numbers(machine)]
    with tempfile.TemporaryDirectory(prefix="zeus-vm-") as directory:
        process = start(machine, Path(directory), extra)
        with ExitStack() as ends:
            ends.callback(end, process)
            consoles = []
            for number, path in enumerate(logs, 1):
                path.write_bytes(b"")
                consoles.append(Console(connect(Path(directory) / f"serial-{number}", process), path))
                ends.callback(consoles[-1].close)
            qmp = Qmp(connect(Path(directory) / "qmp", process))
            ends.callback(qmp.close)
            # First of all: what the guest still says is read to its end.
            ends.callback(end, process)
            yield Vm(process, consoles, qmp)


def console_numbers(machine: Machine) -> range:
    """The machine's consoles, counted from 1."""
    return range(1, machine.consoles + 1)


def prepare_variables(machine: Machine) -> None:
    """Give a UEFI machine its own empty variable store, once."""
    if machine.firmware == "uefi" and machine.variables and not machine.variables.exists():
        shutil.copyfile(first_existing(OVMF_VARIABLES), machine.variables)


def start(machine: Machine, directory: Path, extra: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start QEMU; it waits until all sockets are connected, in this order."""
    sockets = []
    for name in (f"serial-{number}" for number in console_numbers(machine)):
        sockets += ["-chardev", f"socket,id={name},path={directory}/{name},server=on,wait=on"]
        sockets += ["-serial", f"chardev:{name}"]
    sockets += ["-qmp", f"unix:{directory}/qmp,server=on,wait=on"]
    with (directory / "output").open("wb") as output:
        return subprocess.Popen(
            [*WITH_US, *machine.arguments(accelerator()), *sockets, *extra],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def connect(path: Path, process: subprocess.Popen[bytes]) -> socket.socket:
    """Connect to a socket of QEMU's as soon as it is there."""
    deadline = time.monotonic() + 30
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(path))
        except OSError:
            connection.close()
            if process.poll() is not None or time.monotonic() > deadline:
                words = (path.parent / "output").read_text(errors="replace")
                raise RuntimeError(f"QEMU did not start:\n{words}") from None
            time.sleep(0.02)
        else:
            return connection


def end(process: subprocess.Popen[bytes]) -> None:
    """End QEMU if it still runs."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()

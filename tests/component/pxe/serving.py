"""A tree as `zeus pxe render` leaves it, and a `zeus pxe serve` of it in a network namespace."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.component.lans import REPOSITORY, SERVER, Lan

ZEUS = (sys.executable, "-m", "zeus_installer")
RANGE = "192.0.2.50,192.0.2.60"
NAMES = ("xen1", "xen2")
HASH = "$6$zeuslab$BQORU8mpr5Ih3ynBxykFHVO5tZqBJ/nxpbTdcn3EYyrH0LHUV0apcQnfbrKYLvf0NlAmEejgFYiAGxTdEhF0N."
REPORT = f'[report]\nurl = "http://{SERVER}/reports"\n'


def zeus(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*ZEUS, *map(str, words)], capture_output=True, text=True, check=False, timeout=60, cwd=REPOSITORY, **options
    )


@contextmanager
def public_directory() -> Iterator[Path]:
    """A directory that everybody can read, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="zeus-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def make_tree(directory: Path, *, report: str = REPORT, **manifest: Any) -> Path:
    """A tree for two machines; what it boots is not there to be booted."""
    tree = directory / "tree"
    (tree / "hosts").mkdir(parents=True)
    (tree / "EFI").mkdir()
    for name in ("boot.ipxe", "core.0", "EFI/BOOTX64.EFI"):
        (tree / name).write_text(f"this is {name}\n")
    for name in NAMES:
        (tree / f"hosts/{name}.toml").write_text(
            f'version = 1\n[host]\nhostname = "{name}.example.org"\nroot_password_hash = "{HASH}"\n'
            '[storage]\ndisks = [{ serial = "S1" }]\n[[packages.repos]]\nid = "xapi"\n'
            f'baseurl = "http://{SERVER}/xapi/"\ngpgkey = "http://{SERVER}/key"\n{report}'
        )
    content: dict[str, Any] = {
        "version": 1,
        "base_url": f"http://{SERVER}",
        "programs": {"bios": "core.0", "uefi": "EFI/BOOTX64.EFI", "ipxe": "boot.ipxe"},
        "hosts": [
            {
                "name": name,
                "macs": [f"52:54:00:00:00:0{number}"],
                "serial": None,
                "answers": f"hosts/{name}.toml",
                "files": [f"hosts/{name}.toml"],
            }
            for number, name in enumerate(NAMES, 1)
        ],
    }
    (tree / "manifest.json").write_text(json.dumps({**content, **manifest}))
    return tree


def message(number: int, state: str, *, sequence: int = 1, sender: str = "a", **more: Any) -> bytes:
    """A report of one of the machines."""
    machine = {"serial": None, "uuid": None, "macs": [f"52:54:00:00:00:0{number}"], "hostname": None}
    content = {"version": 1, "machine": machine, "run": "r", "sender": f"{sender}{number}", "sequence": sequence}
    return json.dumps({**content, "state": state, "events": [], "dropped": 0, **more}).encode()


@dataclass(slots=True)
class Served:
    """A `zeus pxe serve` that runs, and what it has printed so far."""

    process: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        """Take its lines, in a thread."""
        for line in self.process.stdout or ():
            with self.changed:
                self.printed.append(line)
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def wait_for(self, text: str) -> None:
        """Wait until it has printed this."""
        with self.changed:
            came = self.changed.wait_for(
                lambda: any(text in line for line in self.printed) or self.process.poll() is not None, timeout=60
            )
        assert came, self.printed
        assert any(text in line for line in self.printed), self.printed

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop it, as a service manager does or as Ctrl-C."""
        self.process.send_signal(number)
        return self.process.wait(60)

    @property
    def text(self) -> str:
        """All that it has printed."""
        return "".join(self.printed)


@contextmanager
def serving(
    here: Lan, tree: Path, *options: str | Path, dhcp: Sequence[str] = ("--dhcp-range", RANGE), **environment: str
) -> Iterator[Served]:
    """Serve the tree, and wait until it is served."""
    command = [*ZEUS, "pxe", "serve", str(tree), "--netns", here.server, *dhcp, *map(str, options)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, **environment},
    )
    served = Served(process)
    thread = threading.Thread(target=served.read, daemon=True)
    thread.start()
    try:
        served.wait_for("is served on lan0")
        yield served
    finally:
        if process.poll() is None:
            served.stop()
        thread.join()


def ask(here: Lan, *command: str | Path, stdin: bytes = b"") -> str:
    """Run a program in the machine; gives what it prints."""
    argv = ["ip", "netns", "exec", here.machine, *map(str, command)]
    done = subprocess.run(argv, input=stdin, capture_output=True, check=False, timeout=60)
    return (done.stdout + done.stderr).decode()


def post(here: Lan, body: bytes, *options: str, url: str = f"http://{SERVER}/reports") -> str:
    """Send a report; gives the status."""
    write = ("-s", "-o", "/dev/null", "-w", "%{http_code}", "--noproxy", "*")
    return ask(here, "curl", *write, *options, "--data-binary", "@-", url, stdin=body)


def lease(here: Lan, *options: str) -> Mapping[str, str]:
    """What dnsmasq gives to firmware that says `options` (of udhcpc); the address goes to the machine's NIC."""
    script = here.scratch / "udhcpc-script"
    script.write_text('#!/bin/sh\n[ "$1" = bound ] && env && ip address replace "$ip/24" dev eth0\nexit 0\n')
    script.chmod(0o755)
    words = [
        "udhcpc",
        "-i",
        "eth0",
        "-n",
        "-q",
        "-f",
        "-t",
        "20",
        "-T",
        "1",
        "-O",
        "bootfile",
        "-O",
        "tftp",
        "-O",
        "vendor",
    ]
    said = ask(here, "busybox", *words, "-s", script, *options)
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


# Asks who boots machines, as PXE firmware that has an address does: everybody first, then the server.
_PXE = """
import secrets, socket, struct, sys
from uuid import uuid4
server, own, options = sys.argv[1], socket.inet_aton(sys.argv[2]), bytes.fromhex(sys.argv[3])
number, uuid = secrets.randbits(32), uuid4().bytes
wire = socket.socket(type=socket.SOCK_DGRAM)
wire.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
wire.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
wire.bind(("", 68))
wire.settimeout(1)

def ask(kind, address, target):
    fixed = struct.pack("!BBBBLHH4s12x16s", 1, 1, 6, 0, number, 0, 0x8000, address, bytes.fromhex("525400000001"))
    body = bytes.fromhex("638253633501") + bytes([kind]) + bytes([97, 17, 0]) + uuid + bytes([55, 3, 60, 43, 67])
    for _ in range(20):
        wire.sendto(fixed + bytes(192) + body + options + bytes([255]), target)
        try:
            print(wire.recv(1500).hex())
        except TimeoutError:
            continue
        return

ask(1, bytes(4), ("255.255.255.255", 67))
ask(3, own, (server, 4011))
"""


def offers(here: Lan, address: str, options: bytes) -> Sequence[bytes]:
    """What is offered to firmware that sends these options from an address of its own: to all, and then to it."""
    return [
        bytes.fromhex(line) for line in ask(here, sys.executable, "-c", _PXE, SERVER, address, options.hex()).split()
    ]


def children(process: int) -> list[str]:
    """The programs that a process has started, and those that they have started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, words = entry.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        if int(words.split()[1]) == process:
            found += [name, *children(int(entry.parent.name))]
    return sorted(found)


def wait_until_gone(process: int) -> None:
    """Wait until a process is no more."""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)

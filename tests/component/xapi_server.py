"""The lab's xapi below a scratch root, with a machine that is only written down, for the tests of what calls it."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lab.xapi import resources
from zeus_installer.system.target import Target
from zeus_installer.xenapi.readiness import why_not_ready

REPOSITORY = Path(__file__).parents[2]
HOST_UUID = "1c0ffee0-0000-0000-0000-000000000001"
DOM0_UUID = "1c0ffee0-0000-0000-0000-0000000000d0"
MAC = "52:54:00:00:00:01"
INVENTORY = {
    "INSTALLATION_UUID": HOST_UUID,
    "CONTROL_DOMAIN_UUID": DOM0_UUID,
    "MANAGEMENT_INTERFACE": "",
    "MANAGEMENT_ADDRESS_TYPE": "IPv4",
    "BUILD_NUMBER": "42",
    "PRODUCT_VERSION": "9.0",
}


@dataclass(frozen=True, slots=True)
class ScratchTarget(Target):
    """A root whose programs are scripted: first words of the command to what it prints. `ran` keeps the commands."""

    programs: Mapping[str, str] = field(default_factory=dict)
    ran: list[list[str]] = field(default_factory=list)

    def run(self, argv: Any, **_options: Any) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in argv]
        self.ran.append(words)
        said = next((text for start, text in self.programs.items() if " ".join(words).startswith(start)), "")
        return subprocess.CompletedProcess(words, 0, said, "")


class Server:
    """The server. `root` is short: a unix socket's path has 107 bytes at most."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.target = ScratchTarget(root)
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def write(self, name: str, content: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def order(self, **faults: Any) -> None:
        """Order faults, counted from now."""
        (self.root / "var/lib/xcp/lab-fault-counts.json").unlink(missing_ok=True)
        self.write("etc/xapi-lab-faults.json", json.dumps(faults))

    def start(self, *, wait: bool = True) -> None:
        options = ["--root", str(self.root), "--machine-effects", "none", "--auth", "shadow", "--log-level", "warning"]
        https = ["--https-port", str(self.port), "--https-address", "127.0.0.1"]
        with (self.root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.lab.xapi.main", *options, *https], cwd=REPOSITORY, stderr=log
            )
        while wait and why_not_ready(self.target) is not None:
            assert self._process.poll() is None, (self.root / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)

    def died(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def state(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The objects on disk, by class and reference."""
        objects: dict[str, Any] = json.loads((self.root / "var/lib/xcp/lab-state.json").read_text())["objects"]
        return objects

    def forget(self, cls: str) -> None:
        """Lose the objects of a class, as a database that was not yet on disk; the server must be stopped."""
        path = self.root / "var/lib/xcp/lab-state.json"
        saved = json.loads(path.read_text())
        saved["objects"][cls] = {}
        path.write_text(json.dumps(saved))

    def only(self, cls: str) -> dict[str, Any]:
        """The one object of a class."""
        [found] = self.state[cls].values()
        return found


@contextmanager
def prepared() -> Iterator[Server]:
    """A server on a complete root, not started."""
    with tempfile.TemporaryDirectory(prefix="zx-") as scratch:
        server = Server(Path(scratch))
        for place in (*resources.EXECUTABLES.values(), *resources.FILES.values()):
            server.write(place.lstrip("/") if place.startswith("/") else f"usr/bin/{place}", "")
        for place in resources.DIRECTORIES.values():
            (server.root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
        server.write("etc/xensource-inventory", "".join(f"{key}='{value}'\n" for key, value in INVENTORY.items()))
        server.write("etc/shadow", "root:*:1::::::\n")
        try:
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

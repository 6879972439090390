"""A machine and a network, each a network namespace of its own, for the tests of what tries a network out."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
SERVER, MACHINE_NIC = "192.0.2.1", "eth0"
_numbers = itertools.count(1)

# What a test runs in the machine: events on standard output as they come, then the findings.
_DRIVER = """
import json, sys
from zeus_installer.answers.model import Answers
from zeus_installer.machine.model import Nic
from zeus_installer.network_test import tester
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.events import Reporter
order = json.loads(sys.argv[1])
answers = decode(Answers, {"network": {"management": order["management"]}})
nics = tuple(Nic(name=name, mac=None) for name in order["nics"])
report = Reporter(lambda event: print(event.to_line(), flush=True), run="test")
findings = tester.test_network(answers, nics, repositories=order["repositories"], report=report)
print(json.dumps({"findings": [encode(finding) for finding in findings]}))
"""

# A repository that says 200 where it has metadata, 503 below /broken, and writes down who was asked for.
_WEB = """
import http.server, socket, ssl, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = {"/repodata/repomd.xml": 200, "/broken/repodata/repomd.xml": 503}
        print(self.headers["Host"], self.path, flush=True)
        self.send_response(known.get(self.path, 404), "\\x1b[2Jrude")
        self.end_headers()
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
plain, secure = Server(("::", 80), Handler), Server(("::", 443), Handler)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(sys.argv[1])
secure.socket = tls.wrap_socket(secure.socket, server_side=True)
threading.Thread(target=secure.serve_forever, daemon=True).start()
print("ready", flush=True)
plain.serve_forever()
"""


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


@dataclass
class Attempt:
    """A network test that runs in the machine."""

    process: subprocess.Popen[str]
    events: list[dict[str, Any]] = field(default_factory=list)

    def findings(self) -> dict[str, list[tuple[str, str, str]]]:
        """Wait for the end; give verdict, what was seen and the remedy, by id."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        lines = [json.loads(line) for line in self.process.stdout]
        assert self.process.stderr.read() == ""
        self.events += lines[:-1]
        found: dict[str, list[tuple[str, str, str]]] = {}
        for one in lines[-1]["findings"]:
            found.setdefault(one["id"].removeprefix("network."), []).append(
                (one["verdict"], one["seen"], one["remedy"])
            )
        return found

    def wait_for(self, path: str) -> None:
        """Wait until a part has begun."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            if self.events[-1]["path"] == path:
                return
        raise AssertionError(f"{path} has never begun")

    def child(self) -> int:
        """The process that the test runs in."""
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = entry.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(words[1]) == self.process.pid:
                return int(entry.parent.name)
        raise AssertionError("the test has no process")


@dataclass
class Lan:
    """`machine` and `server` are namespaces; `eth0` of the one is at `lan0` of the other."""

    machine: str
    server: str
    scratch: Path
    stack: ExitStack

    def state(self) -> list[Any]:
        """All that the test must leave as it was."""
        shown = (("-d", "link"), ("address",), ("route",), ("-6", "route"), ("rule",))
        return [json.loads(ip("-n", self.machine, "-j", *words, "show") or "[]") for words in shown]

    def wait_for_state(self, state: object) -> None:
        """Wait until all is as it was."""
        deadline = time.monotonic() + 60
        while self.state() != state:
            assert time.monotonic() < deadline, self.state()
            time.sleep(0.1)

    def serve(self, *command: str | Path, ready: str) -> Path:
        """Start a program in the server, wait until it says `ready`; gives what it says, a file that grows."""
        words = self.scratch / f"{Path(command[0]).name}.{next(_numbers)}"
        with words.open("w") as stream:
            argv = ["ip", "netns", "exec", self.server, *map(str, command)]
            process = subprocess.Popen(argv, stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        deadline = time.monotonic() + 60
        while ready not in words.read_text():
            assert process.poll() is None, words.read_text()
            assert time.monotonic() < deadline, words.read_text()
            time.sleep(0.05)
        return words

    def dnsmasq(self, *words: str) -> Path:
        """A DHCP and DNS server that knows repo.example."""
        fixed = ("--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-ping", "--log-dhcp")
        names = (f"--address=/repo.example/{SERVER}", "--address=/repo.example/2001:db8::1", "--local=/example/")
        leases = f"--dhcp-leasefile={self.scratch / 'leases'}"
        where = ("--interface=lan0", "--bind-interfaces", "--user=root")
        return self.serve("dnsmasq", *fixed, *names, *where, leases, *words, ready="started")

    def web(self) -> Path:
        """The repository."""
        certificate = self.scratch / "web.pem"
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=repo.example"
        files = ["-keyout", certificate, "-out", self.scratch / "certificate"]
        subprocess.run([*command.split(), *files], check=True, capture_output=True)
        certificate.write_text(certificate.read_text() + (self.scratch / "certificate").read_text())
        return self.serve(sys.executable, "-c", _WEB, certificate, ready="ready")

    def start(
        self,
        management: Mapping[str, object],
        *,
        repositories: Sequence[str] = ("http://repo.example/",),
        nics: Sequence[str] = (MACHINE_NIC,),
        before: Sequence[str] = (),
    ) -> Attempt:
        """Start the test in the machine."""
        order = json.dumps({"management": management, "repositories": repositories, "nics": nics})
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.machine, *before, sys.executable, "-c", _DRIVER, order],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        self.stack.callback(_finish, process)
        return Attempt(process)

    def test(self, management: Mapping[str, object], **options: Any) -> dict[str, list[tuple[str, str, str]]]:
        """Run the test in the machine; nothing there may be another afterwards."""
        before = self.state()
        found = self.start(management, **options).findings()
        assert self.state() == before
        return found

    def unplug(self, nic: str, port: str) -> None:
        """Take the link away, and wait until the machine's kernel has taken notice everywhere."""
        ip("-n", self.server, "link", "set", port, "down")
        deadline = time.monotonic() + 60
        while json.loads(ip("-n", self.machine, "-j", "link", "show", nic))[0]["operstate"] == "UP":
            assert time.monotonic() < deadline, "the link is still up"
            time.sleep(0.1)

    def plug(self, nic: str, port: str) -> None:
        """Put one more cable between them."""
        ip("link", "add", nic, "netns", self.machine, "type", "veth", "peer", "name", port, "netns", self.server)
        for namespace, name in ((self.machine, nic), (self.server, port)):
            # Without duplicate address detection and routers nothing changes by itself.
            for key in ("accept_dad", "accept_ra", "router_solicitations"):
                write = f"echo 0 >/proc/sys/net/ipv6/conf/{name}/{key}"
                subprocess.run(["ip", "netns", "exec", namespace, "sh", "-c", write], check=True)
            ip("-n", namespace, "link", "set", name, "up")


def _finish(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


@contextmanager
def lan(scratch: Path) -> Iterator[Lan]:
    """Make a machine, and a server with 192.0.2.1 and 2001:db8::1 at the other end of its cable."""
    number = f"{os.getpid()}-{next(_numbers)}"
    made = Lan(machine=f"zeus-m-{number}", server=f"zeus-s-{number}", scratch=scratch, stack=ExitStack())
    with made.stack as stack:
        for namespace in (made.machine, made.server):
            ip("netns", "add", namespace)
            stack.callback(ip, "netns", "delete", namespace)
            ip("-n", namespace, "link", "set", "lo", "up")
        made.plug(MACHINE_NIC, "lan0")
        ip("-n", made.server, "address", "add", f"{SERVER}/24", "dev", "lan0")
        ip("-n", made.server, "address", "add", "2001:db8::1/64", "dev", "lan0", "nodad")
        yield made

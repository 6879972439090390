"""Serve a rendered tree to a bench of machines, and show how they stand: `zeus pxe serve`."""

import contextlib
import os
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

from zeus_installer.pxe.serving import dnsmasq, nginx, rivals
from zeus_installer.pxe.serving.board import BAD, Board, Row
from zeus_installer.pxe.serving.dnsmasq import Lan, Loader
from zeus_installer.pxe.serving.nginx import Site
from zeus_installer.pxe.serving.place import Address, Place, find_place, read_interface, read_range
from zeus_installer.pxe.serving.receiver import receiving
from zeus_installer.pxe.serving.reports import Message
from zeus_installer.pxe.serving.servers import Program, failure, find, guarded, running
from zeus_installer.pxe.serving.show import Viewer
from zeus_installer.pxe.serving.told import Told, find_told
from zeus_installer.pxe.serving.trace import Sighting, of_dnsmasq, of_nginx
from zeus_installer.pxe.serving.tree import Tree, check_readable, read_tree
from zeus_installer.system.errors import ExitStatus, UsageError
from zeus_installer.web.places import split

_Processes = dict[str, subprocess.Popen[str]]

_PAUSE: Final = 0.5
_LAST_WORDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to serve, where and how. Texts are as on the command line."""

    directory: Path
    interface: str | None = None
    netns: str | None = None
    address: str | None = None
    dhcp_range: str | None = None
    proxy: bool = False
    loader: Loader = "auto"
    certificate: Path | None = None
    until_done: bool = False


@dataclass(slots=True)
class _Bench:
    """The machines, told of by the threads of the servers; rows that have changed, and sentences, wait in `changes`."""

    board: Board
    tree: Tree
    prefix: str
    tftp_root: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    changes: "queue.SimpleQueue[Row | str]" = field(default_factory=queue.SimpleQueue)
    words: dict[str, list[str]] = field(default_factory=dict)

    def take(self, message: Message, address: str | None) -> None:
        """Take a report."""
        with self.lock:
            self._changed(self.board.take(message, address))

    def hear(self, server: str, line: str) -> None:
        """Take a line that a server said."""
        self.words[server] = [*self.words.get(server, []), line][-_LAST_WORDS:]
        seen = of_dnsmasq(line, self.tftp_root) if server == "dnsmasq" else of_nginx(line, self.prefix)
        if seen is not None:
            with self.lock:
                name = self._who(seen)
                if name is not None:
                    self._changed(self.board.saw(name, seen.what, seen.address))

    def rows(self) -> list[Row]:
        """Give all of them."""
        with self.lock:
            return self.board.rows

    def _who(self, seen: Sighting) -> str | None:
        own = self.tree.owner(seen.path) if seen.path is not None else None
        return own or self.board.name_of(mac=seen.mac) or self.board.name_of(address=seen.address)

    def _changed(self, row: Row | None) -> None:
        if row is not None:
            self.changes.put(row)


def serve(order: Order, viewer: Viewer) -> ExitStatus:
    """Serve until Ctrl-C or SIGTERM, or until every host has ended; 4 when one has failed."""
    if order.proxy == (order.dhcp_range is not None):
        raise UsageError(
            "pxe.dhcp",
            "who gives the machines their addresses is not said" if not order.proxy else "--proxy gives no addresses",
            hint="--dhcp-range FIRST,LAST on a network without a DHCP server, --proxy on one that has one",
        )
    if os.geteuid() != 0:
        raise UsageError("usage.root_needed", "zeus pxe serve has to answer DHCP, and needs root", hint="use sudo")
    tree = read_tree(order.directory)
    for name, package in (("dnsmasq", "dnsmasq"), ("nginx", "nginx")):
        find(name, package)
    check_readable(tree, nginx.USER)
    base = split(tree.base_url)
    if base.scheme != "http":
        raise UsageError("pxe.base_url", f"{tree.base_url}: a bench is served by http", hint="render it with http://…")
    with ExitStack() as stack:
        stack.enter_context(_terminated())
        if order.address is not None:
            stack.enter_context(_added(order, order.address))
        place = find_place(base.hostname or "", interface=order.interface, netns=order.netns)
        told = find_told(tree.reports(), place.address.ip, order.certificate)
        bench = _Bench(board=Board(tree.hosts), tree=tree, prefix=base.path.rstrip("/"))
        processes = _start(order, tree, place, told, bench, stack)
        for note in (f"{tree.base_url} is served on {place.interface} to {len(tree.hosts)} hosts", told.note):
            if note:
                viewer.say(note)
        with contextlib.suppress(KeyboardInterrupt):
            _watch(bench, processes, viewer, until_done=order.until_done)
        viewer.end(bench.rows())
    failed = any(row.state in BAD for row in bench.rows() if not row.stranger)
    return ExitStatus.STEP_FAILED if failed else ExitStatus.DONE


def _watch(bench: _Bench, processes: _Processes, viewer: Viewer, *, until_done: bool) -> None:
    viewer.begin(bench.rows())
    while not (until_done and bench.board.all_ended and bench.changes.empty()):
        try:
            change = bench.changes.get(timeout=_PAUSE)
        except queue.Empty:
            _check_alive(bench, processes)
            continue
        if isinstance(change, str):
            viewer.say(change)
        else:
            viewer.change(change, bench.rows())


def _check_alive(bench: _Bench, processes: _Processes) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise failure(name, bench.words.get(name, []))


def _start(order: Order, tree: Tree, place: Place, told: Told, bench: _Bench, stack: ExitStack) -> _Processes:
    """Start everything; it ends with the stack, last first."""
    private = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zeus-pxe-")))
    # nginx's workers go through it to the tree and the socket; they cannot list it.
    private.chmod(0o711)
    (private / "tree").symlink_to(tree.directory)
    bench.tftp_root = str(private / "tree")
    base = split(tree.base_url)
    site = Site(address=place.address.ip, port=base.port or 80, path=base.path.rstrip("/"), reports=told.listener)
    lan = Lan(
        place=place,
        base_url=tree.base_url,
        programs=tree.programs,
        range=read_range(order.dhcp_range, place) if order.dhcp_range is not None else None,
        loader=order.loader,
    )
    texts = {
        "dnsmasq": dnsmasq.configuration(lan, tree=private / "tree", leases=private / "leases"),
        "nginx": nginx.configuration(site, private=private),
    }
    for name, text in texts.items():
        Path(private, f"{name}.conf").write_text(text)
    if told.listener is not None:
        stack.enter_context(receiving(private / "reports", bench.take, authorization=told.authorization))
    programs: Sequence[Program] = (
        Program(
            name="nginx",
            package="nginx",
            options=["-p", private, "-c", private / "nginx.conf", "-e", "stderr"],
            pid_file=private / "nginx.pid",
        ),
        Program(name="dnsmasq", package="dnsmasq", options=["-C", private / "dnsmasq.conf"], ready="started"),
    )
    processes: _Processes = {}
    for program in programs:
        hear = partial(bench.hear, program.name)
        processes[program.name] = stack.enter_context(running(program, place, hear))
    asking = rivals.watch(place, bench.changes.put, gives_addresses=lan.range is not None)
    stack.callback(_kill, asking)
    stack.enter_context(guarded(private, processes.values()))
    # A second Ctrl-C does not keep anything from being put away.
    stack.callback(_ignore_signals)
    return processes


@contextmanager
def _added(order: Order, text: str) -> Iterator[None]:
    """Give the interface its address."""
    if order.interface is None:
        raise UsageError("pxe.address", "--address needs the interface that gets it", hint="--interface NAME")
    with Address(read_interface(text), interface=order.interface, netns=order.netns):
        yield


@contextmanager
def _terminated() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)

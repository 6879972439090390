"""A bench of machines that boot from a network of their own: four kinds, and all that they are installed from.

with bench(scratch) as here, here.serving() as serving, boot(here.machine(HOSTS[0], scratch), log) as vm: ...
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import XenAPI

from tests.lab.anaconda_packages import ADDON_REPOSITORY, make_repository
from tests.lab.disk import Firmware
from tests.lab.ethernet import Ethernet, ethernet
from tests.lab.filesystems import make_ext4
from tests.lab.http import serve
from tests.lab.images import empty_disk
from tests.lab.journey import PASSWORD, PASSWORD_HASH
from tests.lab.machine import HOST_ADDRESS, MIRROR_ADDRESS, Disk, Machine, Nic
from tests.lab.netinst import netinst
from tests.lab.repositories import KEY_NAME, VENDOR_REPOSITORY, repositories
from tests.lab.roots import debian_tree
from tests.lab.tools import run

ZEUS: Final = (sys.executable, "-m", "zeus_installer")
GIB: Final = 1024**3
BASE_URL: Final = f"http://{HOST_ADDRESS}"
MIRROR: Final = f"http://{MIRROR_ADDRESS}"
RANGE: Final = "10.0.2.50,10.0.2.90"
APPEND: Final = "console=tty0 console=ttyS0,115200"
# Emulated machines that share two processors with three others.
DEADLINE: Final = 3600
# dom0's disk is by the kickstart's rule the one of 200 GB at most; the repository's is by this one.
RULE: Final = '{ match = { size = ">200G" } }'


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A machine of the bench; sizes of its disks in GiB."""

    name: str
    number: int
    firmware: Firmware
    uefi_boot: Literal["pxe", "http"] = "pxe"
    bus: Literal["virtio", "nvme"] = "virtio"
    disks: Sequence[int] = (40, 300)
    written: bool = False

    @property
    def hostname(self) -> str:
        """What the host is to be called, and is called in the tree."""
        return f"{self.name}.lab.example"

    @property
    def mac(self) -> str:
        """The MAC of its only NIC."""
        return f"52:54:00:0a:00:{self.number:02x}"

    @property
    def serial(self) -> str:
        """What its firmware says."""
        return f"LAB{self.number:04}"


# A BIOS boots its first disk or none. The last one has no disk for the repository; what it has must stay as it is.
HOSTS: Final = (
    Host(name="xen1", number=1, firmware="bios"),
    Host(name="xen2", number=2, firmware="uefi", bus="nvme", disks=(60, 400)),
    Host(name="xen3", number=3, firmware="uefi", uefi_boot="http", disks=(250, 50)),
    Host(name="xen4", number=4, firmware="bios", disks=(40, 120), written=True),
)


@dataclass(slots=True)
class Serving:
    """A `zeus pxe serve` that runs, and what it has said of each machine, the last word last."""

    process: subprocess.Popen[str]
    said: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        """Take its lines, in a thread."""
        for line in self.process.stdout or ():
            with self.changed:
                self.said.append(json.loads(line))
                self.changed.notify_all()

    def of(self, host: Host) -> list[dict[str, Any]]:
        """What it has said of a machine."""
        with self.changed:
            return [line for line in self.said if line["kind"] == "machine" and line["host"] == host.hostname]

    def wait_for(self, host: Host, states: Sequence[str], timeout: float) -> dict[str, Any]:
        """Wait (seconds) until a machine is in one of these states; gives what was said then."""
        with self.changed:
            found = self.changed.wait_for(
                lambda: any(line["state"] in states for line in self.of(host)) or self.process.poll() is not None,
                timeout,
            )
        lines = [line for line in self.of(host) if line["state"] in states]
        if not found or not lines:
            raise AssertionError(f"{host.name} is not {' or '.join(states)} after {timeout} s: {self.of(host)[-5:]}")
        return lines[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The network, and a directory that servers can read: `tree` and what it is rendered from are below it."""

    lan: Ethernet
    directory: Path
    certificate: Path
    report: str

    @property
    def tree(self) -> Path:
        """The tree that is served."""
        return self.directory / "tree"

    def machine(self, host: Host, scratch: Path, *, cpus: int = 2) -> Machine:
        """The machine of a host, with its disks and variables in `scratch`."""
        scratch.mkdir(exist_ok=True)
        disks = []
        for number, size in enumerate(host.disks):
            path = empty_disk(scratch / f"disk{number}.qcow2", size * GIB)
            if host.written:
                write_something(path, size * GIB)
            disks.append(Disk(path=path, serial=f"{host.serial}-{size}", bus=host.bus))
        return Machine(
            cpus=cpus,
            firmware=host.firmware,
            uefi_boot=host.uefi_boot,
            variables=scratch / "variables.fd" if host.firmware == "uefi" else None,
            disks=disks,
            nics=[Nic(mac=host.mac, tap=self.lan.taps[host.number - 1], boot=True)],
            serial=host.serial,
            namespace=self.lan.namespace,
        )

    @contextmanager
    def serving(self, *options: str) -> Iterator[Serving]:
        """Run `zeus pxe serve`; it is stopped as a user stops it."""
        command = [*ZEUS, "pxe", "serve", str(self.tree), "--netns", self.lan.namespace, "--dhcp-range", RANGE]
        process = subprocess.Popen(
            [*command, "--certificate", str(self.certificate), "--json", *options], stdout=subprocess.PIPE, text=True
        )
        serving = Serving(process)
        thread = threading.Thread(target=serving.read, daemon=True)
        thread.start()
        try:
            yield serving
        finally:
            process.terminate()
            process.wait(30)
            thread.join()

    def login(self, address: str) -> "XenAPI.Session":
        """Log in to a host as an administrator would; the certificate is the host's own."""
        with self.lan.inside():
            session = XenAPI.Session(f"https://{address}", ignore_ssl=True)
            session.xenapi.login_with_password("root", PASSWORD, "1.0", "zeus-lab")
            return session


@contextmanager
def bench(scratch: Path, hosts: Sequence[Host] = HOSTS) -> Iterator[Bench]:
    """Build the product, render the tree, and serve the repositories in a network of its own."""
    # Not below pytest's or root's own directories: servers run as nobody.
    with tempfile.TemporaryDirectory(prefix="zeus-bench-") as name, ethernet(max(host.number for host in hosts)) as lan:
        directory = Path(name)
        directory.chmod(0o755)
        public = scratch / "public"
        shutil.copytree(repositories(), public)
        make_repository(public / ADDON_REPOSITORY, scratch / "build")
        certificate = scratch / "reports.pem"
        report = run([*ZEUS, "pxe", "certificate", certificate, "--address", HOST_ADDRESS])
        made = Bench(lan=lan, directory=directory, certificate=certificate, report=report)
        render(made, hosts, scratch)
        with ExitStack() as stack:
            with lan.inside():
                stack.enter_context(serve(public, host=MIRROR_ADDRESS, port=80))
            yield made


def render(made: Bench, hosts: Sequence[Host], scratch: Path) -> None:
    """Render the tree, from the lab's netinstall ISO."""
    common = scratch / "common.toml"
    common.write_text(answers(made.report))
    inventory = scratch / "inventory.toml"
    rows = (f'\n[[hosts]]\nmac = "{host.mac}"\nhostname = "{host.hostname}"\n' for host in hosts)
    site = f'[site]\nurl = "{BASE_URL}"\nanswers = "{common.name}"\nappend = "{APPEND}"\n'
    inventory.write_text(site + "".join(rows))
    run([*ZEUS, "pxe", "render", inventory, "--iso", netinst() / "netinst.iso", "-o", made.tree])


def answers(report: str) -> str:
    """What all hosts have in common."""
    repos = "".join(
        f'\n[[packages.repos]]\nid = "{name}"\nbaseurl = "{MIRROR}/{place}/"\ngpgkey = "{MIRROR}/{KEY_NAME}"\n'
        for name, place in (("xapi", VENDOR_REPOSITORY), ("installer", ADDON_REPOSITORY))
    )
    return (
        f'version = 1\n\n[host]\nroot_password_hash = "{PASSWORD_HASH}"\n\n[storage]\nsr_type = "ext"\n'
        f"disks = [{RULE}]\n\n[boot]\ndeadline = {DEADLINE}\n{repos}\n{report}"
    )


def write_something(path: Path, size: int) -> None:
    """Put a file system that somebody may want to keep onto a disk; it does not boot."""
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        content, raw = Path(name, "content"), Path(name, "raw")
        content.mkdir()
        (content / "thesis.txt").write_text("The only copy.\n")
        make_ext4(content, raw, size=size, uuid="0f5a1c1e-6a52-4b5e-9d0e-5b0d3b1f6b01", programs=debian_tree())
        run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, path])

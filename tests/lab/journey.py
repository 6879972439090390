"""The main job, from outside: a plain machine gets the product and answers, and becomes a dom0 with a XenAPI.

What is asserted here is seen from outside: the serial log, the disk images, HTTPS. The demo and the tests share it.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import XenAPI

from tests.lab.cache import cache_root
from tests.lab.disk import Firmware
from tests.lab.http import serve
from tests.lab.images import DATA_SERIAL, plain_machine, running, with_disks
from tests.lab.machine import GUEST_ADDRESS, HOST_ADDRESS, NAMESERVER, Disk, free_port
from tests.lab.product import guest_url, install_product, pack_product, use_repositories
from tests.lab.repositories import DISTRIBUTION, KEY_NAME, VENDOR_REPOSITORY, repositories
from tests.lab.vm import Vm, boot

PASSWORD: Final = "correct horse battery"
# openssl passwd -6 -salt zeuslab 'correct horse battery'
PASSWORD_HASH: Final = (
    "$6$zeuslab$BQORU8mpr5Ih3ynBxykFHVO5tZqBJ/nxpbTdcn3EYyrH0LHUV0apcQnfbrKYLvf0NlAmEejgFYiAGxTdEhF0N."
)
REBOOTING: Final = r"rebooting into Xen \(trial boot\)\n"
VERIFIED: Final = r"Finish the host in dom0: done"
ANSWERS: Final = "/root/answers.toml"

SrType = Literal["ext", "lvm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator wants of the demo's host."""

    sr_type: SrType = "ext"
    static: bool = False
    backend: Literal["bridge", "openvswitch"] = "bridge"
    deadline: int = 900
    disk: str = f'{{ serial = "{DATA_SERIAL}" }}'
    extra: str = ""

    def answers(self, repository: str) -> str:
        """Give the answer file; `repository` is the URL of the repositories' directory, as the guest sees it."""
        ipv4 = f'{{ address = "{GUEST_ADDRESS}/24", gateway = "{HOST_ADDRESS}" }}' if self.static else '"dhcp"'
        dns = f'dns = ["{NAMESERVER}"]\n' if self.static else ""
        return (
            f'version = 1\n\n[host]\nhostname = "xen1.lab.example"\nroot_password_hash = "{PASSWORD_HASH}"\n\n'
            f'[storage]\nsr_type = "{self.sr_type}"\ndisks = [{self.disk}]\n\n'
            f'[network]\nbackend = "{self.backend}"\n\n[network.management]\nipv4 = {ipv4}\n{dns}\n'
            f"[boot]\ndeadline = {self.deadline}\n\n"
            f'[[packages.repos]]\nid = "xapi"\nbaseurl = "{repository}/{VENDOR_REPOSITORY}/"\n'
            f'gpgkey = "{repository}/{KEY_NAME}"\n{self.extra}'
        )


@dataclass(slots=True, kw_only=True)
class Journey:
    """A machine under way. `times` has the seconds of each part that has ended."""

    vm: Vm
    url: str
    https: int
    times: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Measure a part."""
        began = time.monotonic()
        yield
        self.times[part] = time.monotonic() - began

    def bring_product(self) -> None:
        """Unpack the product in the guest and tell it of the distribution's repository."""
        install_product(self.vm, self.url)
        use_repositories(self.vm, self.url, names=(DISTRIBUTION,))

    def write_answers(self, wish: Wish) -> None:
        """Put the answer file into the guest."""
        self.vm.console.write_file(ANSWERS, wish.answers(guest_url(self.url)))

    def install(self, wish: Wish, timeout: float = 600) -> str:
        """Run `zeus install` up to where an operator would reboot; gives what it printed."""
        self.write_answers(wish)
        return self.vm.check(f"zeus install --answers {ANSWERS}", timeout=timeout)

    def install_and_reboot(self, wish: Wish, timeout: float = 600) -> str:
        """Run `zeus install --reboot` until the machine reboots by itself; gives what it printed."""
        self.write_answers(wish)
        self.vm.send(f"zeus install --answers {ANSWERS} --reboot\n")
        start = len(self.vm.console.text)
        self.vm.expect(REBOOTING, timeout)
        return self.vm.console.text[start:]

    def prompt(self) -> None:
        """Take the root prompt of the system that runs now."""
        self.vm.send("\n")
        self.vm.prompt()

    def wait_verified(self, timeout: float = 900) -> None:
        """Wait until the run says on the console that dom0 is finished."""
        self.vm.expect(VERIFIED, timeout)

    def login(self) -> "XenAPI.Session":
        """Log in from outside over HTTPS as an administrator would; the certificate is the host's own."""
        session = XenAPI.Session(f"https://127.0.0.1:{self.https}", ignore_ssl=True)
        session.xenapi.login_with_password("root", PASSWORD, "1.0", "zeus-lab")
        return session

    def report(self) -> Mapping[str, object]:
        """Read the report at a root prompt of the guest."""
        report: Mapping[str, object] = json.loads(self.vm.check("cat /var/lib/zeus/report.json"))
        return report


@contextmanager
def journey(
    scratch: Path,
    *,
    layout: str = "plain",
    firmware: Firmware = "bios",
    more_disks: Sequence[Disk] = (),
    log: Path | None = None,
) -> Iterator[Journey]:
    """Start a plain host at its root prompt, with the product in it and the repositories served.

    A BIOS machine with the standard disks comes from a snapshot; every other one boots.
    """
    https = free_port()
    serial = log or scratch / "serial.log"
    with served() as url:
        if more_disks or firmware == "uefi" or layout != "plain":
            machine = plain_machine(scratch, layout=layout, firmware=firmware, forwards={443: https})
            with boot(with_disks(machine, *more_disks), serial) as vm:
                vm.login()
                yield with_product(Journey(vm=vm, url=url, https=https))
        else:
            with running(scratch, layout=layout, forwards={443: https}, log=serial) as vm:
                yield with_product(Journey(vm=vm, url=url, https=https))


def with_product(trip: Journey) -> Journey:
    """Bring the product in."""
    trip.bring_product()
    return trip


@contextmanager
def served() -> Iterator[str]:
    """Serve the repositories and the product on a loopback port."""
    with tempfile.TemporaryDirectory(prefix=".served-", dir=cache_root()) as name:
        directory = Path(name)
        # The server gives nothing from outside of its directory: links would not do, hard links cost nothing.
        shutil.copytree(repositories(), directory, dirs_exist_ok=True, copy_function=os.link)
        pack_product(directory / "zeus.tar")
        with serve(directory) as url:
            yield url

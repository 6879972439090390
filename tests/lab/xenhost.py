"""The plain host with the vendor's Xen installed by its RPMs: where a trial boot starts. The product is brought anew.

with xen_host(scratch) as vm: arm_trial(vm); vm.send("reboot\\n"); vm.wait_boots(XEN, 1, 120)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.lab.cache import part, recipe
from tests.lab.http import serve
from tests.lab.images import machine_of, overlay, qemu_version, restored, running, save, snapshot
from tests.lab.machine import Machine
from tests.lab.product import guest_url, install_product, pack_product
from tests.lab.repositories import system_repositories
from tests.lab.vm import Vm

# A word that GRUB's script must not touch, and that has to arrive as one.
QUOTED_WORD: Final = "zeus_quoted=a b;$x{}#|&"
_STEPS: Final = f"""\
from dataclasses import replace
from pathlib import Path
from zeus_installer.answers.model import Answers
from zeus_installer.machine.probe import probe
from zeus_installer.sources.loader import load
from zeus_installer.steps.arm_trial_boot import ArmTrialBoot
from zeus_installer.steps.boot_entry import BootEntry
from zeus_installer.steps.context import Context, Identity
from zeus_installer.system.events import silent
from zeus_installer.system.target import Target

context = Context(
    answers=Answers(), machine=probe(Path("/")), source=load("xapi"), disks=(), nics=(),
    identity=Identity(host="", dom0=""),
)
entry = BootEntry.from_context(context)
steps = [replace(entry, extra=(*entry.extra, {QUOTED_WORD!r})), ArmTrialBoot.from_context(context)]
for step in steps:
    step.apply(Target(), silent())
    step.verify(Target())
    if not step.is_done(Target()):
        raise SystemExit(f"{{step.id}} is not done")
"""


def saved_xen_host() -> Path:
    """A directory with a BIOS plain host that has the vendor's Xen, saved at its root prompt, and its disks."""
    key = [str(snapshot()), str(system_repositories()), recipe("xenhost.py", "images.py", "vm.py"), qemu_version()]
    return part("xen-host", key, make_xen_host)


def make_xen_host(out: Path) -> None:
    """Install the RPMs as an administrator would by hand, and save."""
    with running(out) as vm:
        with serve(system_repositories() / "xen") as url:
            for rpm in sorted((system_repositories() / "xen").glob("*.rpm")):
                vm.check(f"curl -sSf -o /tmp/{rpm.name} {guest_url(url)}/{rpm.name}")
            vm.check("rpm -i --nosignature /tmp/*.rpm && rm /tmp/*.rpm && sync", timeout=300)
        save(vm, out / "state")


@contextmanager
def xen_host(scratch: Path, *, log: Path | None = None) -> Iterator[Vm]:
    """The host at its root prompt in plain Linux, with the product, and fresh disks in `scratch`."""
    saved = saved_xen_host()
    machine = copy_of(saved, scratch)
    with restored(machine, saved / "state", log or scratch / "serial.log") as vm:
        served = scratch / "served"
        served.mkdir()
        pack_product(served / "zeus.tar")
        with serve(served) as url:
            install_product(vm, url)
        yield vm


def copy_of(saved: Path, scratch: Path) -> Machine:
    """The machine that was saved in a directory, with fresh disks in `scratch`."""
    system = overlay(saved / "system.qcow2", scratch / "system.qcow2")
    data = overlay(saved / "data.qcow2", scratch / "data.qcow2")
    return machine_of(system, data, scratch, firmware="bios")


def arm_trial(vm: Vm) -> None:
    """Run the boot steps of the product, up to the armed trial."""
    vm.console.write_file("/root/steps.py", _STEPS)
    vm.check("python3 /root/steps.py", timeout=120)

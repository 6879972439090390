"""Bootable images of the plain host, and running ones: a machine saved at its root prompt comes back in about a second.

with running(scratch) as vm: vm.check("uname -r")
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.lab.bootfiles import boot_files
from tests.lab.cache import part, recipe
from tests.lab.disk import LAYOUTS, Firmware, write_disk
from tests.lab.machine import DirectKernel, Disk, Machine, Nic
from tests.lab.plainhost import plain_tree
from tests.lab.roots import debian_tree
from tests.lab.tools import run
from tests.lab.vm import Vm, boot

SYSTEM_SERIAL: Final = "LABSYSTEM"
DATA_SERIAL: Final = "LABDATA"
DATA_SIZE: Final = 20 * 1024**3
SETTLE: Final = "grub2-mkconfig -o /boot/grub2/grub.cfg && grub2-set-default 0 && sync"


def image(layout: str = "plain", firmware: Firmware = "bios") -> Path:
    """The read-only disk image (raw) of a plain host that has been started once; make overlays of it."""
    key = [str(plain_tree()), layout, firmware, recipe("images.py", "disk.py", "filesystems.py")]
    return part(f"image-{layout}-{firmware}", key, lambda out: make_image(out, layout, firmware)) / "disk.raw"


def make_image(out: Path, layout: str, firmware: Firmware) -> None:
    """Write the disk, then start it once without a boot loader to make GRUB's menu as the system itself does."""
    disk = out / "disk.raw"
    write_disk(plain_tree(), disk, layout=LAYOUTS[layout], firmware=firmware, grub=debian_tree())
    boot_directory = boot_files()
    kernel = DirectKernel(
        kernel=boot_directory / "vmlinuz",
        initrd=boot_directory / "initramfs.img",
        arguments=LAYOUTS[layout].kernel_arguments,
    )
    system = Disk(path=disk, serial=SYSTEM_SERIAL, format="raw")
    machine = Machine(firmware=firmware, variables=out / "variables.fd", disks=[system], direct=kernel)
    with boot(machine, out / "serial.log") as vm:
        vm.login()
        vm.check(SETTLE, timeout=120)
        vm.power_off()


def overlay(base: Path, out: Path, *, size: int | None = None) -> Path:
    """A fresh qcow2 image over `base`, which is not written to; `size` (bytes) may be larger than the base's."""
    kind = "raw" if base.suffix == ".raw" else "qcow2"
    run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", kind, out, *([str(size)] if size else [])])
    return out


def empty_disk(out: Path, size: int = DATA_SIZE) -> Path:
    """An empty qcow2 image of `size` bytes."""
    run(["qemu-img", "create", "-q", "-f", "qcow2", out, str(size)])
    return out


def plain_machine(
    scratch: Path, *, layout: str = "plain", firmware: Firmware = "bios", forwards: Mapping[int, int] | None = None
) -> Machine:
    """A plain host with fresh disks in `scratch`: the system disk and an empty second one of 20 GiB.

    `forwards`: guest port → port of the host's loopback interface.
    """
    system = overlay(image(layout, firmware), scratch / "system.qcow2")
    data = empty_disk(scratch / "data.qcow2")
    return machine_of(system, data, scratch, firmware=firmware, forwards=forwards)


def machine_of(
    system: Path, data: Path, scratch: Path, *, firmware: Firmware, forwards: Mapping[int, int] | None = None
) -> Machine:
    """The standard machine with these two disks; a snapshot fits only a machine with the same devices."""
    return Machine(
        firmware=firmware,
        variables=scratch / "variables.fd" if firmware == "uefi" else None,
        disks=[Disk(path=system, serial=SYSTEM_SERIAL), Disk(path=data, serial=DATA_SERIAL)],
        nics=[Nic(forwards=forwards or {})],
    )


def snapshot(layout: str = "plain") -> Path:
    """A directory with a BIOS plain host saved at its root prompt: `state`, and the disks that it goes with."""
    key = [str(image(layout)), recipe("images.py", "machine.py", "console.py"), qemu_version()]
    return part(f"snapshot-{layout}", key, lambda out: make_snapshot(out, layout))


def qemu_version() -> str:
    """QEMU's version: a saved machine can be restored by the same one only."""
    return run(["qemu-system-x86_64", "--version"]).splitlines()[0]


def make_snapshot(out: Path, layout: str) -> None:
    """Boot through GRUB to the root prompt, wait until the boot is over, and save."""
    machine = plain_machine(out, layout=layout)
    with boot(machine, out / "serial.log") as vm:
        vm.login()
        vm.run("systemctl is-system-running --wait", timeout=180)
        vm.check("sync")
        save(vm, out / "state")


def save(vm: Vm, state: Path) -> None:
    """Write the machine's memory and devices to `state` and end it; its disks must be kept as they are then."""
    vm.qmp.command("stop")
    vm.qmp.command("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
    vm.qmp.command("migrate", uri=f"file:{state}")
    vm.qmp.finish_migration(120)
    vm.quit()


@contextmanager
def running(
    scratch: Path, *, layout: str = "plain", forwards: Mapping[int, int] | None = None, log: Path | None = None
) -> Iterator[Vm]:
    """The plain host (BIOS) at its root prompt, with fresh disks in `scratch` and the right time."""
    saved = snapshot(layout)
    system = overlay(saved / "system.qcow2", scratch / "system.qcow2")
    data = overlay(saved / "data.qcow2", scratch / "data.qcow2")
    machine = machine_of(system, data, scratch, firmware="bios", forwards=forwards)
    with restored(machine, saved / "state", log or scratch / "serial.log") as vm:
        yield vm


@contextmanager
def restored(machine: Machine, state: Path, log: Path, *, extra: Sequence[str] = ()) -> Iterator[Vm]:
    """Start a machine from a saved state; its shell must have been prepared before it was saved."""
    with boot(machine, log, extra=["-incoming", "defer", *extra]) as vm:
        vm.qmp.command("migrate-incoming", uri=f"file:{state}")
        vm.qmp.finish_migration(60)
        vm.qmp.command("cont")
        vm.check(f"date -s @{int(time.time())} >/dev/null")
        yield vm


def with_disks(machine: Machine, *disks: Disk) -> Machine:
    """The machine with more disks."""
    return replace(machine, disks=[*machine.disks, *disks])

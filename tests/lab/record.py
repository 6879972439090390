"""`python -m tests.lab.record DIRECTORY [NAME…]`: boot machines made for it and record what a probe reads of them.

The recordings are small tars, kept as fixtures of the unit tests; RECORDINGS says what each machine is.
"""

import base64
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from tests.lab.bootfiles import boot_files
from tests.lab.disk import LAYOUTS, Firmware
from tests.lab.images import empty_disk, plain_machine
from tests.lab.machine import DirectKernel, Disk, Machine
from tests.lab.vm import Vm, boot

PROGRAM: Final = Path(__file__).parent / "files" / "record_machine.py"
GIB: Final = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A disk of the machine beside the system's; `size` is bytes."""

    serial: str
    size: int = 4 * GIB
    bus: Literal["virtio", "nvme"] = "virtio"
    sector: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A machine, and the commands that make it what it is to be. `arguments` are QEMU's, after all others."""

    cpu: str = "max,-rdtscp"
    firmware: Firmware = "bios"
    disks: Sequence[Extra] = ()
    arguments: str = ""
    kernel_words: str = ""
    commands: Sequence[str] = ()


RECORDINGS: Final = {
    "nvme-4kn-vtd": Recording(
        firmware="uefi",
        disks=[
            Extra(serial="NVME512", bus="nvme", size=200 * GIB),
            Extra(serial="NVME4KN", bus="nvme", size=400 * GIB, sector=4096),
            Extra(serial="VIRTIO4KN", sector=4096),
        ],
        arguments="-device intel-iommu,intremap=off",
        kernel_words="intel_iommu=on",
        commands=[
            r"printf 'label: gpt\n,1G,L\n,,V\n' | sfdisk -q /dev/nvme1n1",
            "mkfs.xfs -q /dev/nvme1n1p1",
        ],
    ),
    "leftovers": Recording(
        cpu="max,-rdtscp,-svm,-hypervisor",
        disks=[
            *(Extra(serial=serial) for serial in ("RAID-A", "RAID-B", "VOLUMES", "ENCRYPTED", "FILES", "TABLE")),
            Extra(serial="EMPTY", size=20 * GIB),
        ],
        commands=[
            "yes | mdadm --create /dev/md127 --level=1 --metadata=1.2 --raid-devices=2 --name=old --bitmap=internal "
            "/dev/vdb /dev/vdc",
            "pvcreate -q /dev/vdd && vgcreate -q old-host /dev/vdd && lvcreate -q -y -L 1G -n root old-host",
            "vgchange -q -an old-host",
            "echo secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vde -",
            "mkfs.ext4 -q /dev/vdf",
            "echo label: gpt | sfdisk -q /dev/vdg",
        ],
    ),
    "four-nics": Recording(
        cpu="max,-rdtscp,-svm",
        arguments=(
            "-netdev hubport,id=port1,hubid=1 -device e1000e,netdev=port1,mac=52:54:00:00:00:02,romfile= "
            "-netdev hubport,id=port2,hubid=1 -device e1000e,netdev=port2,mac=52:54:00:00:00:03,romfile= "
            "-netdev hubport,id=port3,hubid=2 -device e1000e,netdev=port3,mac=52:54:00:00:00:04,romfile=,id=unplugged"
        ),
        commands=[
            "for name in /sys/class/net/e*; do ip link set ${name##*/} up; done",
            "ip address add 192.0.2.2/24 dev $(grep -l 00:02$ /sys/class/net/*/address | cut -d/ -f5)",
            "ip address add 198.51.100.3/24 dev $(grep -l 00:03$ /sys/class/net/*/address | cut -d/ -f5)",
        ],
    ),
    "amd-iommu": Recording(
        disks=[Extra(serial="DATA", size=20 * GIB)],
        arguments="-device amd-iommu",
        kernel_words="noapic",
        commands=[],
    ),
}


def record(name: str, directory: Path) -> Path:
    """Boot the machine of that name and write its recording; the file's path."""
    recording = RECORDINGS[name]
    out = directory / f"{name}.tar.gz"
    with tempfile.TemporaryDirectory(prefix="zeus-record-") as scratch:
        machine = machine_of(recording, Path(scratch))
        log = Path(scratch) / "serial.log"
        with boot(machine, log, extra=recording.arguments.split()) as vm:
            vm.login()
            if "id=unplugged" in recording.arguments:
                vm.qmp.command("human-monitor-command", **{"command-line": "set_link unplugged off"})
            for command in recording.commands:
                vm.check(command, timeout=120)
            out.write_bytes(recorded(vm))
            vm.quit()
    return out


def machine_of(recording: Recording, scratch: Path) -> Machine:
    """The plain host, started without a boot loader, with the recording's processor, firmware and disks."""
    files = boot_files()
    arguments = f"{LAYOUTS['plain'].kernel_arguments} {recording.kernel_words}".strip()
    base = plain_machine(scratch)
    disks = [
        Disk(
            path=empty_disk(scratch / f"{extra.serial}.qcow2", extra.size),
            serial=extra.serial,
            bus=extra.bus,
            sector=extra.sector,
        )
        for extra in recording.disks
    ]
    return replace(
        base,
        cpu=recording.cpu,
        firmware=recording.firmware,
        variables=scratch / "variables.fd" if recording.firmware == "uefi" else None,
        disks=[*base.disks[:1], *disks],
        direct=DirectKernel(kernel=files / "vmlinuz", initrd=files / "initramfs.img", arguments=arguments),
    )


def recorded(vm: Vm) -> bytes:
    """Run the recorder in the guest; the tar."""
    vm.check("modprobe -a cpuid msr; udevadm settle")
    vm.console.write_file("/tmp/record_machine.py", PROGRAM.read_text())
    text = vm.check("python3 /tmp/record_machine.py", timeout=180)
    return base64.b64decode(text)


def main(arguments: Sequence[str]) -> None:
    """Record the machines that are named, or all."""
    directory, *names = arguments
    for name in names or RECORDINGS:
        path = record(name, Path(directory))
        print(f"{path}: {path.stat().st_size} bytes", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

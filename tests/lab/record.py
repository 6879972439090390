"""`python -m tests.lab.record DIRECTORY [NAME…]`: boot machines made for it and record what a probe reads of them.

The recordings are small tars, kept as fixtures of the unit tests; recordings.py says what each machine is.
"""

import base64
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.lab.bootfiles import boot_files
from tests.lab.disk import LAYOUTS
from tests.lab.images import empty_disk, plain_machine
from tests.lab.machine import DirectKernel, Disk, Machine
from tests.lab.recordings import RECORDINGS, Extra, Recording
from tests.lab.vm import Vm, boot

PROGRAM: Final = Path(__file__).parent / "files" / "record_machine.py"
CONTROLLERS: Final = {"sata": "ich9-ahci", "scsi": "virtio-scsi-pci"}


def record(name: str, directory: Path) -> Path:
    """Boot the machine of that name and write its recording; the file's path."""
    recording = RECORDINGS[name]
    out = directory / f"{name}.tar.gz"
    with tempfile.TemporaryDirectory(prefix="zeus-record-") as scratch:
        machine = machine_of(recording, Path(scratch))
        log = Path(scratch) / "serial.log"
        arguments = [*recording.arguments.split(), *attached_arguments(recording.disks, Path(scratch))]
        with boot(machine, log, extra=arguments) as vm:
            for card in recording.unplugged:
                vm.qmp.command("human-monitor-command", **{"command-line": f"set_link {card} off"})
            vm.login()
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
            path=empty_disk(scratch / f"extra{number}.qcow2", extra.size),
            serial=extra.serial,
            bus=extra.bus,
            sector=extra.sector,
        )
        for number, extra in enumerate(recording.disks)
        if extra.bus == "virtio" or extra.bus == "nvme"
    ]
    return replace(
        base,
        cpu=recording.cpu,
        firmware=recording.firmware,
        variables=scratch / "variables.fd" if recording.firmware == "uefi" else None,
        disks=[*base.disks[:1], *disks],
        direct=DirectKernel(kernel=files / "vmlinuz", initrd=files / "initramfs.img", arguments=arguments),
    )


def attached_arguments(disks: Sequence[Extra], scratch: Path) -> Iterator[str]:
    """QEMU's arguments for the disks that hang on a SATA or SCSI controller, and for the controllers."""
    for bus in sorted({extra.bus for extra in disks} & CONTROLLERS.keys()):
        yield from ("-device", f"{CONTROLLERS[bus]},id={bus}")
    for number, extra in enumerate(disks):
        if extra.bus in CONTROLLERS:
            path = empty_disk(scratch / f"extra{number}.qcow2", extra.size)
            yield from ("-drive", f"if=none,id=extra{number},file={path},format=qcow2,cache=unsafe")
            sata = f"ide-hd,bus=sata.{number}"
            # Without a device ID of its own, QEMU's takes the serial number's place and allows no more than 20 of it.
            scsi = f"scsi-hd,bus=scsi.0,device_id={number}"
            device = f"{sata},model={extra.model}" if extra.bus == "sata" else f"{scsi},product={extra.model}"
            wwn = f",wwn={extra.wwn:#x}" if extra.wwn else ""
            turning = f"rotation_rate={7200 if extra.rotating else 1}"
            yield from ("-device", f"{device},drive=extra{number},serial={extra.serial},{turning}{wwn}")


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

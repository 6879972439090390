"""An installation by Anaconda in the lab: the installer's machine, and the machine that has been installed.

The installer runs from a disk of its own, without a boot loader. The system disk is as Anaconda's steps for storage and
for the distribution's packages would leave it; all else happens there, by tests/lab/anaconda_boss.py.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tests.lab.anaconda_boss import Order
from tests.lab.anaconda_packages import ADDON_REPOSITORY, BOSS, LACKING, make_repository
from tests.lab.bootfiles import boot_files
from tests.lab.http import serve
from tests.lab.images import DATA_SERIAL, SYSTEM_SERIAL, empty_disk, image, machine_of, overlay
from tests.lab.journey import served
from tests.lab.machine import DirectKernel, Disk, Machine, Nic
from tests.lab.product import guest_url
from tests.lab.repositories import DISTRIBUTION, KEY_NAME, VENDOR_REPOSITORY
from tests.lab.vm import Vm, boot

INSTALLER_SERIAL: Final = "LABINSTALLER"
# The first disk's root by its device: the disk that it installs has the same UUIDs.
ARGUMENTS: Final = "root=/dev/vda2 ro console=tty0 console=ttyS0,115200 inst.stage2=hd:LABEL=LAB"
IMAGE: Final = ("python3-gobject-base", "python3-dasbus", "python3-kickstart", "anaconda-core", "dracut")
ADDON: Final = ("zeus-installer", "anaconda-addon-zeus")
RPMS: Final = "/var/tmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """The running installer. `url` has the lab's repositories, `own_url` the third one; both as the guest sees them."""

    vm: Vm
    url: str
    own_url: str

    def install(
        self, kickstart: str, *, hostname: str, disks: Sequence[str], lacking: Sequence[str] = LACKING
    ) -> dict[str, Any]:
        """Play an installation; gives the story that anaconda_boss.py tells. `lacking` is put on the disk before."""
        self.vm.console.write_file("/root/ks.cfg", kickstart)
        order = Order(
            kickstart="/root/ks.cfg",
            hostname=hostname,
            disks=disks,
            repos=self.dnf_arguments(),
            lacking=[f"{RPMS}/{name}.rpm" for name in lacking],
        )
        self.vm.console.write_file("/root/order.json", json.dumps(asdict(order)))
        play = f"cd {BOSS} && python3 -m tests.lab.anaconda_boss </root/order.json >/root/story.json"
        self.vm.check(f"({play})", 600)
        story: dict[str, Any] = json.loads(self.vm.check("cat /root/story.json"))
        return story

    def dnf_arguments(self) -> list[str]:
        """What the kickstart's `repo` lines mean to dnf: the vendor's packages before the distribution's."""
        sources = {DISTRIBUTION: self.url, VENDOR_REPOSITORY: self.url, ADDON_REPOSITORY: self.own_url}
        arguments = ["--releasever=44", "--setopt=reposdir=/dev/null", "--setopt=varsdir=/dev/null"]
        arguments += ["--setopt=install_weak_deps=False"]
        for name, url in sources.items():
            arguments += [f"--repofrompath={name},{url}/{name}", f"--setopt={name}.gpgcheck=True"]
            arguments += [f"--setopt={name}.gpgkey={self.url}/{KEY_NAME}"]
        return [*arguments, f"--setopt={VENDOR_REPOSITORY}.priority=10", f"--setopt={DISTRIBUTION}.excludepkgs=xen*"]


@contextmanager
def installer(scratch: Path) -> Iterator[Installer]:
    """Start it, with the add-on's RPMs in its image."""
    public = scratch / "public"
    make_repository(public / ADDON_REPOSITORY, scratch / "build")
    machine = installer_machine(scratch)
    with served() as url, serve(public) as own_url, boot(machine, scratch / "installer.log") as vm:
        vm.login()
        found = Installer(vm=vm, url=guest_url(url), own_url=guest_url(own_url))
        prepare(found, public / ADDON_REPOSITORY)
        yield found


def prepare(found: Installer, repository: Path) -> None:
    """Make the plain host an installer's image: the medium it came from, Anaconda, the add-on."""
    vm = found.vm
    vm.check("mkdir -p /run/install/repo && mount --bind --make-private -o ro / /run/install/repo")
    vm.check(f"curl -sSf -o {RPMS}/key {found.url}/{KEY_NAME} && rpm --import {RPMS}/key")
    names = (*IMAGE, *ADDON)
    for name in names:
        (path,) = repository.glob(f"{name}-[0-9]*.rpm")
        vm.check(f"curl -sSf -o {RPMS}/{name}.rpm {found.own_url}/{ADDON_REPOSITORY}/{path.name}")
    vm.check(f"rpm --install {' '.join(f'{RPMS}/{name}.rpm' for name in names)}", 120)


def installer_machine(scratch: Path) -> Machine:
    """A machine with the installer's disk, the system's and an empty one."""
    files = boot_files()
    disks = {
        INSTALLER_SERIAL: overlay(image(), scratch / "installer.qcow2"),
        SYSTEM_SERIAL: overlay(image(), scratch / "system.qcow2"),
        DATA_SERIAL: empty_disk(scratch / "data.qcow2"),
    }
    return Machine(
        disks=[Disk(path=path, serial=serial) for serial, path in disks.items()],
        nics=[Nic()],
        direct=DirectKernel(kernel=files / "vmlinuz", initrd=files / "initramfs.img", arguments=ARGUMENTS),
    )


def installed_machine(scratch: Path, https: int) -> Machine:
    """The same machine after the reboot, without the installer's disk."""
    return machine_of(scratch / "system.qcow2", scratch / "data.qcow2", scratch, firmware="bios", forwards={443: https})

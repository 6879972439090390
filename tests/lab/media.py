"""A site that machines are installed at from a medium: its servers, its medium, its machines.

with site(scratch) as here: here.machine(scratch / "a", firmware="uefi", kind="usb")
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from tests.component.clean_clone import run as run_program
from tests.lab.anaconda_packages import ADDON_REPOSITORY, make_repository
from tests.lab.disk import Firmware
from tests.lab.http import serve
from tests.lab.images import DATA_SERIAL, SYSTEM_SERIAL, empty_disk
from tests.lab.journey import Wish, served
from tests.lab.machine import Disk, Machine, Medium, Nic
from tests.lab.netinst import ESP_GUID, INITRD, KERNEL, LABEL, STAGE2, netinst
from tests.lab.product import TOP, guest_url
from tests.lab.repositories import KEY_NAME
from tests.lab.tools import run

# dom0's partitions as our kickstarts have them take 35 GiB of it.
SYSTEM_SIZE: Final = 40 * 1024**3
CONSOLE: Final = "console=tty0 console=ttyS0,115200"
UNATTENDED: Final = f"inst.ks=hd:LABEL={LABEL}:/zeus/zeus.ks zeus.unattended zeus.system_disk={SYSTEM_SERIAL} {CONSOLE}"
MENU: Final = f"""\
serial --unit=0 --speed=115200
terminal_output serial console
set timeout=0
search --no-floppy --set=root -l '{LABEL}'
menuentry 'Install Zeus host, unattended' {{
  linux {KERNEL} {STAGE2} {UNATTENDED}
  initrd {INITRD}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The servers, as the lab's machines see them, and the images of the add-on. `mirror` is a loopback port."""

    url: str
    own_url: str
    mirror: int
    product: Path

    def answers(self) -> str:
        """The answers of a machine of this site: the repository's disk is the one with DATA_SERIAL."""
        text = Wish(extra=self.own_repository()).answers(self.url)
        return text.replace("[storage]\n", '[storage]\nwipe = "listed-disks"\n')

    def own_repository(self) -> str:
        """The repository of the product."""
        return (
            f'\n[[packages.repos]]\nid = "installer"\nbaseurl = "{self.own_url}/{ADDON_REPOSITORY}/"\n'
            f'gpgkey = "{self.url}/{KEY_NAME}"\n'
        )

    def machine(
        self, scratch: Path, medium: Path, *, firmware: Firmware, kind: Literal["cd", "usb"], https: int
    ) -> Machine:
        """A machine with two empty disks and the medium; `https` is the loopback port of its XenAPI."""
        disks = {SYSTEM_SERIAL: SYSTEM_SIZE, DATA_SERIAL: 20 * 1024**3}
        return Machine(
            firmware=firmware,
            variables=scratch / "variables.fd" if firmware == "uefi" else None,
            disks=[
                Disk(path=empty_disk(scratch / f"{serial}.qcow2", size), serial=serial)
                for serial, size in disks.items()
            ],
            nics=[Nic(forwards={443: https}, mirror=self.mirror)],
            medium=Medium(path=medium, kind=kind),
        )


@contextmanager
def site(scratch: Path) -> Iterator[Site]:
    """Build the product's packages and images, and serve everything."""
    public = scratch / "public"
    make_repository(public / ADDON_REPOSITORY, scratch / "build")
    run_program([scratch / "build/clone/packaging/make-images", scratch / "images"])
    with served() as url, serve(public) as own_url:
        yield Site(
            url=guest_url(url),
            own_url=guest_url(own_url),
            mirror=urlsplit(url).port or 0,
            product=scratch / "images/product.img",
        )


def make_medium(out: Path, here: Site, scratch: Path) -> Path:
    """The lab's netinstall ISO with the kickstart, the answers, the add-on and a menu that asks nothing."""
    base = netinst()
    zeus = scratch / "zeus"
    shutil.copytree(TOP / "kickstart", zeus)
    (zeus / "zeus-media.ks").rename(zeus / "zeus.ks")
    (zeus / "answers.toml").write_text(here.answers())
    menu = scratch / "grub.cfg"
    menu.write_text(MENU)
    esp = scratch / "efiboot.img"
    shutil.copy(base / "tree/images/efiboot.img", esp)
    run(["mcopy", "-o", "-i", esp, menu, "::/EFI/BOOT/grub.cfg"])
    files = {
        "/boot/grub2/grub.cfg": menu,
        "/EFI/BOOT/grub.cfg": menu,
        "/images/efiboot.img": esp,
        "/images/product.img": here.product,
        "/zeus": zeus,
    }
    maps = [word for place, file in files.items() for word in ("-map", file, place)]
    boot: list[str | Path] = ["-boot_image", "any", "replay", "-append_partition", "2", ESP_GUID, esp]
    run(["xorriso", "-indev", base / "netinst.iso", "-outdev", out, *boot, *maps])
    return out

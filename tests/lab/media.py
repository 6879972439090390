"""A site that machines are installed at from a medium: its servers, its medium, its machines.

with site(scratch) as here: here.machine(scratch / "a", firmware="uefi", kind="usb")
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from tests.lab.anaconda_packages import ADDON_REPOSITORY, make_repository
from tests.lab.disk import Firmware
from tests.lab.http import serve
from tests.lab.images import DATA_SERIAL, SYSTEM_SERIAL, empty_disk
from tests.lab.journey import Wish, served
from tests.lab.machine import Disk, Machine, Medium, Nic
from tests.lab.netinst import netinst
from tests.lab.product import guest_url
from tests.lab.repositories import KEY_NAME
from tests.lab.tools import run

# dom0's partitions as our kickstarts have them take 35 GiB of it.
SYSTEM_SIZE: Final = 40 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The servers, as the lab's machines see them. `mirror` is a loopback port."""

    url: str
    own_url: str
    mirror: int

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
    """Build the product's packages, and serve everything."""
    public = scratch / "public"
    make_repository(public / ADDON_REPOSITORY, scratch / "build")
    with served() as url, serve(public) as own_url:
        yield Site(
            url=guest_url(url),
            own_url=guest_url(own_url),
            mirror=urlsplit(url).port or 0,
        )


def make_medium(out: Path, here: Site, scratch: Path) -> Path:
    """The lab's netinstall ISO with Zeus on it, which asks nothing."""
    answers = scratch / "answers.toml"
    answers.write_text(here.answers())
    command = [sys.executable, "-m", "zeus_installer", "iso", "build", netinst() / "netinst.iso", "-o", out]
    run([*command, "--answers", answers, "--unattended", "--append", f"zeus.system_disk={SYSTEM_SERIAL}"])
    return out

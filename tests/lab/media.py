"""A site that machines are installed at from a medium: its servers, its medium, its machines.

with site(scratch) as here: here.machine(scratch / "a", firmware="uefi", kind="usb")
"""

import sys
from collections.abc import Callable, Iterator
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
from tests.lab.repositories import DISTRIBUTION, KEY_NAME
from tests.lab.tools import run

# dom0's partitions as our kickstarts have them take 35 GiB of it.
SYSTEM_SIZE: Final = 40 * 1024**3
BUILD: Final = (sys.executable, "-m", "zeus_installer", "iso", "build")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The servers, by their loopback addresses: all repositories but the product's, and that one."""

    url: str
    own_url: str

    def answers(self, seen: Callable[[str], str]) -> str:
        """The answers of a machine whose repository's disk is the one with DATA_SERIAL.

        `seen` gives an address as those who ask it see it.
        """
        own = (
            f'\n[[packages.repos]]\nid = "installer"\nbaseurl = "{seen(self.own_url)}/{ADDON_REPOSITORY}/"\n'
            f'gpgkey = "{seen(self.url)}/{KEY_NAME}"\n'
        )
        text = Wish(extra=own).answers(seen(self.url))
        return text.replace("[storage]\n", '[storage]\nwipe = "listed-disks"\n')

    def machine(
        self, scratch: Path, medium: "ZeusMedium", *, firmware: Firmware, kind: Literal["cd", "usb"], https: int
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
            nics=[Nic(forwards={443: https}, mirror=None if medium.offline else urlsplit(self.url).port)],
            medium=Medium(path=medium.path, kind=kind),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeusMedium:
    """A medium of ours. An offline one names servers that its machines cannot reach."""

    path: Path
    offline: bool


@contextmanager
def site(scratch: Path) -> Iterator[Site]:
    """Build the product's packages, and serve everything."""
    public = scratch / "public"
    make_repository(public / ADDON_REPOSITORY, scratch / "build")
    with served() as url, serve(public) as own_url:
        yield Site(url=url, own_url=own_url)


def make_medium(out: Path, here: Site, *, offline: bool = False) -> ZeusMedium:
    """The lab's netinstall ISO with Zeus on it, which asks nothing."""
    answers = out.with_suffix(".toml")
    answers.write_text(here.answers(str if offline else guest_url))
    # What is downloaded is kept, but not in the home directory of whoever tests.
    command = ("env", f"XDG_CACHE_HOME={out.parent}", *BUILD, netinst() / "netinst.iso", "-o", out)
    own = ("--answers", answers, "--unattended", "--append", f"zeus.system_disk={SYSTEM_SERIAL}")
    key = ("--offline-key", f"{here.url}/{KEY_NAME}")
    packages = ("--offline", "--offline-repo", f"{DISTRIBUTION}={here.url}/{DISTRIBUTION}", *key)
    run([*command, *own, *(packages if offline else ())])
    return ZeusMedium(path=out, offline=offline)

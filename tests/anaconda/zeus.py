"""Zeus in an installer: the machine and the Anaconda of its tests, and what they ask it."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dasbus.typing import get_native

from tests.anaconda.boss import run_task
from tests.anaconda.installer import Installer, installer
from tests.anaconda.kickstart import Report
from tests.anaconda.modules import Device, Modules, Nic

# The recorded machine has a system disk, an empty disk and a NIC; its processor has AMD-V.
RECORDING = "amd-iommu"
SYSTEM = Device(id="DISK-LABSYSTEM", name="vda", size=17_179_869_184, serial="LABSYSTEM")
DATA = Device(id="DISK-DATA", name="vdb", size=21_474_836_480, serial="DATA")
ROOT = Device(
    id="PART-2", name="vda2", type="partition", size=1 << 33, format="ext4", mount_point="/", parents=[SYSTEM.id]
)
NIC = Nic(name="enp0s4", mac="52:54:00:12:34:56", uuid="4b1d4ad3-0f0c-4a0e-8f0a-2f0a6f0a6f0a")


def modules(**answers: Any) -> Modules:
    """What Anaconda knows of that machine: the system goes to the first disk, the NIC is up; `answers` are others."""
    usual = {"nics": [NIC], "devices": [SYSTEM, DATA, ROOT], "selected_disks": [SYSTEM.id]}
    return Modules(**{**usual, **answers})


@contextmanager
def zeus(**answers: Any) -> Iterator[Installer]:
    """An installer with Zeus on that machine."""
    with installer(recording=RECORDING, modules=modules(**answers)) as running:
        assert running.boss.dropped == {}, running.log
        yield running


def section(text: str = "version = 1\n", *, header: str = "%addon org_xenproject_zeus") -> str:
    """A section with these answers."""
    return f"{header}\n{text}%end\n"


def repository(directory: Path) -> str:
    """Answers that name a repository which is there, made in the directory."""
    (directory / "repodata").mkdir(parents=True)
    (directory / "repodata/repomd.xml").write_text("<repomd/>")
    (directory / "key").write_text("a key")
    place = directory.as_uri()
    return f'[[packages.repos]]\nid = "xapi"\nbaseurl = "{place}"\ngpgkey = "{place}/key"\n'


def read(installing: Installer, text: str) -> Report:
    """Have Boss read a kickstart."""
    return installing.boss.read_kickstart(installing.kickstart(text))


def check(installing: Installer) -> None:
    """Have the machine checked, as a spoke does."""
    run_task(installing.boss.proxy(installing.addon.service, installing.module.CheckWithTask()))


def findings(installing: Installer) -> dict[str, tuple[str, str, str]]:
    """The findings by id: verdict, what was seen, remedy."""
    return {one["id"]: (one["verdict"], one["seen"], one["remedy"]) for one in get_native(installing.module.Findings)}


def answers_in(kickstart: str) -> dict[str, Any]:
    """The data of the section in a kickstart's text."""
    _, _, rest = kickstart.partition("%addon org_xenproject_zeus\n")
    return tomllib.loads(rest.partition("%end")[0])

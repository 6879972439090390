"""What only a real kernel shows: volume groups, arrays and LUKS that run on the chosen disk are released, others go on.

One boot of the plain host with four more disks; the disks that are not selected are compared from outside.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.component.loops import digest
from tests.lab.http import serve
from tests.lab.images import SYSTEM_SERIAL, plain_machine, with_disks
from tests.lab.machine import Disk
from tests.lab.product import guest_url, install_product, pack_product
from tests.lab.tools import run
from tests.lab.vm import Vm, boot
from zeus_installer.storage.gpt import GptEntry, read_gpt
from zeus_installer.storage.layout import SR_PARTITION_TYPE

pytestmark = pytest.mark.vm

SIZE = 2 << 30
NAMES = ("chosen", "neighbour", "spanning", "other")
TABLE = "label: gpt\\nsize=256M\\nsize=256M\\nsize=256M\\nsize=256M\\nsize=256M\\n"
# A disk with everything that holds one: a volume group, LUKS with a volume group inside, an array, swap.
OCCUPY = f"""
set -e
modprobe -a dm_mod dm_crypt raid1
occupy() {{
    disk=$1; part=$disk$2; name=$3
    printf '{TABLE}' | sfdisk -q $disk; udevadm settle
    vgcreate -q $name ${{part}}1; lvcreate -q -L 64M -n data $name; mkfs.ext4 -q /dev/$name/data
    echo secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 ${{part}}2 -
    echo secret | cryptsetup open ${{part}}2 $name-crypt -d -
    vgcreate -q $name-inner /dev/mapper/$name-crypt; lvcreate -q -L 64M -n data $name-inner
    yes | mdadm --create /dev/md/$name --level=1 --raid-devices=2 --metadata=1.2 ${{part}}3 ${{part}}4 >/dev/null 2>&1
    mdadm --wait /dev/md/$name || true
    mkswap -q ${{part}}5
}}
link() {{ readlink -f /dev/disk/by-id/$1; }}
occupy $(link virtio-neighbour) '' keep
occupy $(link virtio-chosen) '' old
vgcreate -q span $(link virtio-spanning) $(link virtio-other)
lvcreate -q -l 90%FREE -n data span
udevadm settle; sync
"""
# The two steps as a plan has them, for the disk with the serial number $1; says what came of it.
DRIVE = """
import json, sys
from pathlib import Path
from typing import Any
from zeus_installer.answers.model import Answers, DiskRule, Storage
from zeus_installer.checks.disks import choose_disks
from zeus_installer.machine.probe import probe
from zeus_installer.sources.model import Source
from zeus_installer.steps.context import Context, Identity
from zeus_installer.steps.partition_sr import PartitionSr, sr_device
from zeus_installer.steps.release_disks import ReleaseDisks
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import silent
from zeus_installer.system.target import Target

serial, choose, space = sys.argv[1:]
answers = Answers(storage=Storage(disks=(DiskRule(serial=serial),), wipe="listed-disks", space=space))
machine = probe(Path("/"))
say = {}
try:
    named = tuple(disk for disk in machine.disks if disk.serial == serial)
    disks = choose_disks(answers, machine) if choose == "by-rule" else named
    ids = Identity(host="8d3c1a2e-0000-4000-8000-000000000000", dom0="x")
    context = Context(answers=answers, machine=machine, source=Source(name="x"), disks=disks, nics=(), identity=ids)
    for kind in filter(lambda kind: kind.wanted(context), (ReleaseDisks, PartitionSr)):
        step = kind.from_context(context)
        say[step.id] = {"done before": step.is_done(Target()), "destroys": step.describe().destroys}
        step.apply(Target(), silent())
        step.verify(Target())
        say[step.id]["done after"] = step.is_done(Target())
    say["device"] = sr_device(context)
except ZeusError as error:
    say["error"] = [error.code, error.message]
print(json.dumps(say))
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("disks")
    found = {name: directory / f"{name}.raw" for name in NAMES}
    for path in found.values():
        with path.open("wb") as file:
            file.truncate(SIZE)
    return found


@pytest.fixture(scope="module")
def host(images: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vm]:
    scratch = tmp_path_factory.mktemp("vm")
    disks = [Disk(path=path, serial=name, format="raw") for name, path in images.items()]
    with started(scratch, disks) as vm:
        vm.check("sh /root/occupy", timeout=240)
        yield vm


@contextmanager
def started(scratch: Path, disks: list[Disk]) -> Iterator[Vm]:
    """The plain host, whose system disk has grown by 4 GiB, with these disks, the product and the scripts."""
    public = scratch / "public"
    public.mkdir()
    pack_product(public / "zeus.tar")
    (public / "occupy").write_text(OCCUPY)
    (public / "drive").write_text(DRIVE)
    machine = with_disks(plain_machine(scratch), *disks)
    run(["qemu-img", "resize", "-q", machine.disks[0].path, "+4G"])
    with serve(public) as url, boot(machine, scratch / "serial.log") as vm:
        vm.login()
        install_product(vm, url)
        for name in ("occupy", "drive"):
            vm.check(f"curl -sSf {guest_url(url)}/{name} -o /root/{name}")
        yield vm


def drive(vm: Vm, serial: str, choose: str = "by-rule", space: str = "whole-disk") -> dict[str, Any]:
    """Run the two steps in the guest."""
    said: dict[str, Any] = json.loads(vm.check(f"python3 /root/drive {serial} {choose} {space} 2>/dev/null", 180))
    return said


def table(image: Path) -> tuple[GptEntry, ...] | None:
    return read_gpt(image, sector=512)


def running(vm: Vm) -> set[str]:
    """The maps and arrays that run."""
    return set(vm.check("ls -1 /dev/mapper /dev/md").split())


KEPT = {"keep-data", "keep-crypt", "keep--inner-data", "keep", "span-data"}
OLD = {"old-data", "old-crypt", "old--inner-data", "old"}


def test_a_volume_group_that_spans_another_disk_is_refused(host: Vm, images: dict[str, Path]) -> None:
    before = [digest(images["spanning"]), digest(images["other"])]
    by_rule = drive(host, "spanning")
    assert by_rule["error"][0] == "storage.disks"
    assert "has lvm span in common with /dev/vd" in by_rule["error"][1]
    anyway = drive(host, "spanning", "anyway")
    assert anyway["error"][0] == "storage.shared"
    assert anyway["error"][1].startswith("span (lvmvg) also lies on /dev/vd")
    assert running(host) >= KEPT
    host.check("sync")
    assert [digest(images["spanning"]), digest(images["other"])] == before


def test_a_file_system_that_is_mounted_through_a_stack_is_refused(host: Vm, images: dict[str, Path]) -> None:
    host.check("mount -o ro /dev/old/data /mnt && sync")
    before = digest(images["chosen"])
    by_rule = drive(host, "chosen")
    assert by_rule["error"][1].splitlines()[-1].endswith("  has another serial number")
    assert "  is in use: mounted on /mnt\n" in by_rule["error"][1]
    anyway = drive(host, "chosen", "anyway")
    assert anyway["error"][0] == "storage.busy"
    assert anyway["error"][1].endswith(" is in use: mounted on /mnt")
    host.check("sync")
    assert digest(images["chosen"]) == before
    host.check("umount /mnt")


def test_what_holds_the_chosen_disk_is_released_and_nothing_else(host: Vm, images: dict[str, Path]) -> None:
    host.check("sync")
    before = {name: digest(images[name]) for name in NAMES if name != "chosen"}
    assert running(host) >= KEPT | OLD
    said = drive(host, "chosen")
    assert "error" not in said
    assert said["release_disks"]["done before"] is False
    assert said["release_disks"]["done after"] is True
    (destroyed,) = said["release_disks"]["destroys"]
    for words in ("serial chosen", "2.15 GB", "LVM volume group old (active)", "LUKS old-crypt (active)", "swap"):
        assert words in destroyed
    assert said["partition_sr"]["done after"] is True
    device = "/dev/disk/by-id/virtio-chosen-part1"
    assert said["device"] == device
    assert host.check(f"lsblk -no FSTYPE,MOUNTPOINTS,TYPE {device}").split() == ["part"]
    left = running(host)
    assert left >= KEPT
    assert not left & OLD
    scanned = host.check("vgs --noheadings --options vg_name && mdadm --examine --scan").split()
    assert {"keep", "keep-inner", "span", "/dev/md/keep"} <= set(scanned)
    assert not {"old", "old-inner", "/dev/md/old"} & set(scanned)
    host.check("sync")
    assert [(entry.type, entry.name) for entry in table(images["chosen"]) or ()] == [
        (SR_PARTITION_TYPE, "localsr-8d3c1a2e")
    ]
    assert {name: digest(images[name]) for name in before} == before


def test_the_system_disk_gets_a_partition_in_its_free_space_while_it_runs(host: Vm) -> None:
    device = f"/dev/disk/by-id/virtio-{SYSTEM_SERIAL}"
    before = host.check(f"sfdisk --dump {device} | grep start=").splitlines()
    said = drive(host, SYSTEM_SERIAL, "by-rule", "free-space")
    assert "error" not in said
    assert "release_disks" not in said
    assert said["partition_sr"]["done after"] is True
    assert said["device"] == f"{device}-part{len(before) + 1}"
    after = host.check(f"sfdisk --dump {device} | grep start=").splitlines()
    assert after[:-1] == before
    assert SR_PARTITION_TYPE.upper() in after[-1]
    assert "No errors detected." in host.check(f"sfdisk --verify {device}")
    assert int(host.check(f"blockdev --getsize64 {said['device']}")) > 3 << 30

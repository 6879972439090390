"""Clearing and partitioning real block devices: loop devices, and the real wipefs, libparted, blivet and partx."""

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.component.loops import GIB, SIZE, as_disk, digest, loop_disk, make_table, run
from zeus_installer.machine.model import Disk, Partition
from zeus_installer.steps.partition_sr import PartitionSr
from zeus_installer.steps.release_disks import ReleaseDisks
from zeus_installer.storage.device import Device
from zeus_installer.storage.gpt import read_gpt
from zeus_installer.storage.layout import MIB, SR_PARTITION_TYPE, in_biggest_gap, on_whole_disk
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import silent
from zeus_installer.system.target import Target

NAME = "localsr-0badcafe"
TARGET = Target()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    with loop_disk(tmp_path / "disk.img") as loop:
        yield loop


def release(disk: Disk, *, wipe: str = "listed-disks") -> None:
    step = ReleaseDisks(disks=(disk,), wipe=wipe)  # type: ignore[arg-type]
    step.apply(TARGET, silent())
    step.verify(TARGET)


def whole(disk: Disk) -> PartitionSr:
    return PartitionSr(disk=disk, partition=on_whole_disk(disk, name=NAME), space="whole-disk")


def gap(disk: Disk) -> PartitionSr:
    return PartitionSr(disk=disk, partition=in_biggest_gap(disk, name=NAME), space="free-space")


def carry_out(step: PartitionSr) -> None:
    step.apply(TARGET, silent())
    step.verify(TARGET)


def write_at(path: Path, position: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


# --- what is left on a disk ---


def lvm(path: Path) -> None:
    run("pvcreate", "--force", "--force", "--yes", str(path))


def luks(path: Path) -> None:
    quick = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")
    run("cryptsetup", "luksFormat", "--batch-mode", *quick, str(path), "-", stdin="secret")


def md(path: Path) -> None:
    """A version 1.0 superblock, at the end of the device as `mdadm` puts it (linux, drivers/md/md.c)."""
    place = (Device(path).size // 512 - 16) & ~7
    head = struct.pack("<IIII", 0xA92B4EFC, 1, 0, 0) + os.urandom(16) + b"old:0".ljust(32, b"\0")
    block = bytearray(head.ljust(256, b"\0"))
    struct.pack_into("<Q", block, 144, place)
    words = struct.unpack("<64I", block)
    total = sum(words)
    struct.pack_into("<I", block, 216, (total & 0xFFFFFFFF) + (total >> 32) & 0xFFFFFFFF)
    write_at(path, place * 512, bytes(block))


def zfs(path: Path) -> None:
    """Uberblocks of all four labels (openzfs, include/sys/vdev_impl.h)."""
    size = Device(path).size // (256 << 10) * (256 << 10)
    for label in (0, 256 << 10, size - (512 << 10), size - (256 << 10)):
        for slot in range(8):
            write_at(path, label + (128 << 10) + slot * 1024, struct.pack("<QQ", 0x00BAB10C, 5000))


LEFTOVERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "ext4": ("ext4", lambda path: run("mkfs.ext4", "-q", str(path))),
    "xfs": ("xfs", lambda path: run("mkfs.xfs", "-q", str(path))),
    "btrfs": ("btrfs", lambda path: run("mkfs.btrfs", "-q", str(path))),
    "swap": ("swap", lambda path: run("mkswap", str(path))),
    "bcache": ("bcache", lambda path: run("make-bcache", "-B", str(path))),
    "lvm": ("LVM2_member", lvm),
    "luks": ("crypto_LUKS", luks),
    "md": ("linux_raid_member", md),
    "zfs": ("zfs_member", zfs),
}


@pytest.mark.parametrize("kind", LEFTOVERS)
def test_a_leftover_on_the_bare_disk_is_wiped(device: Device, kind: str) -> None:
    signature, leave = LEFTOVERS[kind]
    leave(device.path)
    assert signature in device.signatures()
    step = ReleaseDisks(disks=(as_disk(device),), wipe="listed-disks")
    assert not step.is_done(TARGET)
    release(as_disk(device))
    assert device.signatures() == ()
    assert step.is_done(TARGET)


@pytest.mark.parametrize("kind", LEFTOVERS)
def test_a_leftover_in_a_partition_does_not_come_back_with_a_partition_at_the_same_place(
    device: Device, kind: str
) -> None:
    signature, leave = LEFTOVERS[kind]
    place = on_whole_disk(as_disk(device), name="")
    make_table(device, f"{place.size // 512}")
    (partition,) = device.partitions()
    leave(partition.path)
    assert signature in Device(partition.path).signatures()
    disk = as_disk(device)
    release(disk)
    carry_out(whole(disk))
    (again,) = device.partitions()
    assert (again.start, again.size) == (partition.start, partition.size)
    assert Device(again.path).signatures() == ()


@pytest.mark.parametrize("kind", ["lvm", "luks", "md", "zfs"])
def test_a_leftover_of_a_partition_that_was_deleted_does_not_come_back(device: Device, kind: str) -> None:
    place = on_whole_disk(as_disk(device), name="")
    make_table(device, f"{place.size // 512}")
    (partition,) = device.partitions()
    LEFTOVERS[kind][1](partition.path)
    run("wipefs", "--all", str(device.path))
    run("partx", "--delete", str(device.path))
    disk = as_disk(device)
    assert ReleaseDisks(disks=(disk,), wipe="only-if-empty").is_done(TARGET)
    carry_out(whole(disk))
    (again,) = device.partitions()
    assert Device(again.path).signatures() == ()


def test_both_copies_of_an_old_table_are_wiped(device: Device) -> None:
    make_table(device, "100M", "100M")
    release(as_disk(device))
    assert device.partitions() == ()
    assert device.signatures() == ()
    assert b"EFI PART" not in device.path.open("rb").read(MIB)


# --- what must not be wiped ---


def test_a_disk_that_is_not_selected_stays_as_it_is(device: Device, tmp_path: Path) -> None:
    neighbour_image = tmp_path / "neighbour.img"
    with loop_disk(neighbour_image) as neighbour:
        make_table(neighbour, "100M", "100M")
        lvm(neighbour.partitions()[0].path)
        lvm(device.path)
        before = digest(neighbour_image)
        disk = as_disk(device)
        release(disk)
        carry_out(whole(disk))
        assert len(neighbour.partitions()) == 2
    assert digest(neighbour_image) == before


def test_a_disk_that_must_be_empty_and_is_not_is_left_alone(device: Device, tmp_path: Path) -> None:
    disk = as_disk(device)
    run("mkfs.ext4", "-q", str(device.path))
    before = digest(tmp_path / "disk.img")
    with pytest.raises(ZeusError) as caught:
        release(disk, wipe="only-if-empty")
    assert caught.value.code == "storage.not_empty"
    assert caught.value.message == f"{device.path} is not empty any more, there is ext4; nothing was written"
    with pytest.raises(ZeusError) as caught:
        carry_out(whole(disk))
    assert caught.value.code == "storage.not_empty"
    assert digest(tmp_path / "disk.img") == before


def test_a_mounted_disk_is_refused(device: Device, tmp_path: Path) -> None:
    run("mkfs.ext4", "-q", str(device.path))
    point = tmp_path / "mount point"
    point.mkdir()
    run("mount", str(device.path), str(point))
    try:
        with pytest.raises(ZeusError) as caught:
            release(as_disk(device))
        assert caught.value.code == "storage.busy"
        assert caught.value.message == f"{device.path} is in use: mounted on {point}"
    finally:
        run("umount", str(point))
    assert device.signatures() == ("ext4",)


def test_a_disk_with_a_mounted_partition_is_refused(device: Device, tmp_path: Path) -> None:
    make_table(device, "100M", "200M")
    second = device.partitions()[1].path
    run("mkfs.btrfs", "-q", str(second))
    run("mount", str(second), str(tmp_path))
    try:
        with pytest.raises(ZeusError) as caught:
            release(as_disk(device))
        assert caught.value.message == f"{device.path} is in use: mounted on {tmp_path}"
    finally:
        run("umount", str(tmp_path))
    assert len(device.partitions()) == 2


def test_a_disk_that_is_swapped_to_is_refused(device: Device) -> None:
    run("mkswap", str(device.path))
    run("swapon", str(device.path))
    try:
        with pytest.raises(ZeusError) as caught:
            release(as_disk(device))
        assert caught.value.message == f"{device.path} is in use: swap on {device.path}"
    finally:
        run("swapoff", str(device.path))
    assert device.signatures() == ("swap",)


def test_a_disk_that_another_program_claims_is_refused(device: Device, tmp_path: Path) -> None:
    lvm(device.path)
    before = digest(tmp_path / "disk.img")
    with device.exclusive(), pytest.raises(ZeusError) as caught:
        release(as_disk(device))
    assert caught.value.code == "storage.busy"
    assert caught.value.message == f"{device.path} cannot be opened for writing: Device or resource busy"
    assert digest(tmp_path / "disk.img") == before


@pytest.mark.parametrize(
    ("blivet", "code", "words"),
    [
        (
            "raise ImportError('nothing of that name')",
            "storage.blivet",
            "blivet cannot be loaded: nothing of that name",
        ),
        ("import os; os.abort()", "storage.scan", "killed by signal 6"),
        ("import nonsense", "storage.blivet", "blivet cannot be loaded: No module named 'nonsense'"),
    ],
)
def test_without_a_working_blivet_nothing_is_written(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blivet: str, code: str, words: str
) -> None:
    lvm(device.path)
    before = digest(tmp_path / "disk.img")
    (tmp_path / "blivet.py").write_text(blivet)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ZeusError) as caught:
        release(as_disk(device))
    assert caught.value.code == code
    assert words in caught.value.message
    assert digest(tmp_path / "disk.img") == before


def test_a_storage_repository_in_our_partition_is_not_wiped_when_a_copy_of_the_table_is_damaged(
    device: Device, tmp_path: Path
) -> None:
    disk = as_disk(device)
    carry_out(whole(disk))
    lvm(device.partitions()[0].path)
    write_at(device.path, device.size - 512, bytes(512))
    before = digest(tmp_path / "disk.img")
    with pytest.raises(ZeusError) as caught:
        carry_out(whole(disk))
    assert caught.value.message.endswith("is not empty, there is LVM2_member; nothing was written")
    assert digest(tmp_path / "disk.img") == before


# --- identity ---


def test_a_disk_of_another_size_is_not_written(device: Device, tmp_path: Path) -> None:
    lvm(device.path)
    before = digest(tmp_path / "disk.img")
    disk = as_disk(device, size=3 * GIB, serial="S1")
    for step in (ReleaseDisks(disks=(disk,), wipe="listed-disks"), whole(disk)):
        with pytest.raises(ZeusError) as caught:
            step.apply(TARGET, silent())
        assert caught.value.code == "storage.identity"
        assert caught.value.message == (
            f"the disk of the plan cannot be found (Loop disk, serial S1, 3.22 GB, {device.path}): "
            f"{device.path} has a size of {SIZE} bytes, the plan says 3221225472"
        )
    assert digest(tmp_path / "disk.img") == before


def test_a_disk_whose_links_are_gone_is_not_written(device: Device, tmp_path: Path) -> None:
    disk = as_disk(device, links=(str(tmp_path / "by-id"),))
    with pytest.raises(ZeusError) as caught:
        whole(disk).apply(TARGET, silent())
    assert caught.value.code == "storage.identity"
    assert read_gpt(device.path, sector=512) is None


def test_a_disk_that_has_another_name_now_is_found_by_its_link(device: Device, tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to(device.path)
    disk = as_disk(device, links=(str(link),), path="/dev/loop-of-old")
    carry_out(whole(disk))
    assert [entry.name for entry in read_gpt(device.path, sector=512) or ()] == [NAME]


def test_links_that_lead_to_two_disks_are_refused(device: Device, tmp_path: Path) -> None:
    with loop_disk(tmp_path / "other.img") as other:
        links = (tmp_path / "wwn", tmp_path / "serial")
        for link, node in zip(links, (device, other), strict=True):
            link.symlink_to(node.path)
        with pytest.raises(ZeusError) as caught:
            whole(as_disk(device, links=tuple(map(str, links)))).apply(TARGET, silent())
        assert caught.value.code == "storage.identity"
        assert "its links lead to different devices" in caught.value.message


def test_a_disk_that_vanished_is_a_clear_error() -> None:
    disk = Disk(name="nodisk", path="/dev/nodisk", size=GIB)
    with pytest.raises(ZeusError) as caught:
        whole(disk).is_done(TARGET)
    assert caught.value.message == "/dev/nodisk is not there any more"


# --- the partition ---


@pytest.mark.parametrize("sector", [512, 4096])
def test_the_whole_disk_becomes_one_aligned_partition(tmp_path: Path, sector: int) -> None:
    with loop_disk(tmp_path / "disk.img", size=2 * GIB + 12288, sector=sector) as device:
        step = whole(as_disk(device))
        assert not step.is_done(TARGET)
        carry_out(step)
        (entry,) = read_gpt(device.path, sector=sector) or ()
        assert (entry.number, entry.start, entry.size) == (1, MIB, 2 * GIB - 2 * MIB)
        assert (entry.type, entry.name) == (SR_PARTITION_TYPE, NAME)
        (partition,) = device.partitions()
        assert (partition.start, partition.size) == (entry.start, entry.size)
        assert "No errors detected." in run("sfdisk", "--verify", str(device.path))
        carry_out(step)


def test_the_gap_gets_a_partition_and_the_others_stay_as_they_are(device: Device, tmp_path: Path) -> None:
    make_table(device, "100M", "100M")
    first, second = device.partitions()
    run("mkfs.ext4", "-q", str(first.path))
    write_at(second.path, 0, os.urandom(100 << 20))
    before = [digest(entry.path) for entry in (first, second)]
    table_before = read_gpt(device.path, sector=512) or ()
    mount = tmp_path / "mounted"
    mount.mkdir()
    run("mount", "-o", "ro", str(first.path), str(mount))
    try:
        step = gap(as_disk(device))
        carry_out(step)
        assert step.is_done(TARGET)
        carry_out(step)
    finally:
        run("umount", str(mount))
    table = read_gpt(device.path, sector=512) or ()
    assert table[:2] == table_before
    assert (table[2].number, table[2].start, table[2].size) == (3, 201 * MIB, SIZE - 202 * MIB)
    assert [digest(entry.path) for entry in (first, second)] == before
    assert len(device.partitions()) == 3


def test_the_biggest_gap_is_taken_and_the_first_free_number(device: Device) -> None:
    make_table(device, "50M", "300M", "50M")
    run("sfdisk", "--no-reread", "--no-tell-kernel", "--delete", str(device.path), "2")
    run("partx", "--delete", "--nr", "2", str(device.path))
    carry_out(gap(as_disk(device)))
    table = read_gpt(device.path, sector=512) or ()
    assert [(entry.number, entry.name) for entry in table] == [(1, ""), (2, NAME), (3, "")]
    assert table[1].size == 300 * MIB


def test_an_old_signature_in_the_gap_does_not_come_to_life(device: Device) -> None:
    make_table(device, "100M", "300M")
    luks(device.partitions()[1].path)
    run("sfdisk", "--no-reread", "--no-tell-kernel", "--delete", str(device.path), "2")
    run("partx", "--delete", "--nr", "2", str(device.path))
    carry_out(gap(as_disk(device)))
    assert Device(device.partitions()[1].path).signatures() == ()


def test_the_table_of_a_disk_that_grew_is_moved_to_its_end(tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    with loop_disk(image, size=GIB) as device:
        make_table(device, "100M")
    os.truncate(image, 3 * GIB)
    with loop_disk(image) as device:
        run("partx", "--add", str(device.path))
        carry_out(gap(as_disk(device)))
        table = read_gpt(device.path, sector=512) or ()
        assert table[1].start + table[1].size == 3 * GIB - MIB


def test_a_table_that_the_kernel_does_not_use_is_refused(device: Device) -> None:
    make_table(device, "100M", "100M")
    disk = as_disk(device)
    run("sfdisk", "--no-reread", "--no-tell-kernel", "--delete", str(device.path), "2")
    with pytest.raises(ZeusError) as caught:
        carry_out(gap(disk))
    assert caught.value.code == "storage.changed"


def test_a_gap_that_was_filled_meanwhile_is_refused(device: Device) -> None:
    make_table(device, "100M")
    disk = as_disk(device)
    run("sfdisk", "--no-reread", "--no-tell-kernel", "--append", str(device.path), stdin="size=200M\n")
    run("partx", "--add", "--nr", "2", str(device.path))
    mine = device.partitions()[1].path
    write_at(mine, 0, b"precious")
    with pytest.raises(ZeusError) as caught:
        carry_out(gap(disk))
    assert caught.value.code == "storage.changed"
    assert mine.open("rb").read(8) == b"precious"


# --- power cuts ---


def torn_tables(image: Path, before: bytes, after: bytes) -> Iterator[None]:
    """Every state of the disk in which only some of the sectors that a step wrote have reached it."""
    changed = [at for at in range(0, len(after), 512) if before[at : at + 512] != after[at : at + 512]]
    for cut in range(len(changed)):
        for reached in (changed[:cut], changed[cut:]):
            with image.open("r+b") as file:
                file.write(before)
                for at in reached:
                    file.seek(at)
                    file.write(after[at : at + 512])
            yield


@pytest.mark.parametrize("sizes", [(), ("20M", "20M")], ids=["whole-disk", "free-space"])
def test_a_power_cut_between_any_two_writes_ends_in_the_same_table(tmp_path: Path, sizes: tuple[str, ...]) -> None:
    image = tmp_path / "disk.img"
    with loop_disk(image, size=64 * MIB) as device:
        if sizes:
            make_table(device, *sizes)
        disk = as_disk(device)
    step = (gap if sizes else whole)(disk)
    before = image.read_bytes()
    with loop_disk(image) as device:
        if sizes:
            run("partx", "--add", str(device.path))
        PartitionSr(disk=as_disk(device), partition=step.partition, space=step.space).apply(TARGET, silent())
        wanted = {
            (entry.number, entry.start, entry.size, entry.name) for entry in read_gpt(device.path, sector=512) or ()
        }
    after = image.read_bytes()
    cuts = 0
    for _ in torn_tables(image, before, after):
        cuts += 1
        with loop_disk(image) as device:
            partx_as_the_kernel_would(device)
            again = PartitionSr(
                disk=as_disk(device, partitions=disk.partitions), partition=step.partition, space=step.space
            )
            if not again.is_done(TARGET):
                carry_out(again)
            table = read_gpt(device.path, sector=512) or ()
            assert {(entry.number, entry.start, entry.size, entry.name) for entry in table} == wanted
            assert again.is_done(TARGET)
    assert cuts > 4


def partx_as_the_kernel_would(device: Device) -> None:
    """Let the kernel find the partitions that it would find at boot, if there is a table to find any in."""
    try:
        run("partx", "--add", str(device.path))
    except RuntimeError:
        assert not device.partitions()


def test_release_begun_is_finished(device: Device) -> None:
    make_table(device, "100M", "100M")
    first, second = device.partitions()
    lvm(first.path)
    luks(second.path)
    disk = as_disk(device)
    run("wipefs", "--all", str(first.path))
    release(disk)
    assert ReleaseDisks(disks=(disk,), wipe="listed-disks").is_done(TARGET)


# --- the plan's words ---


def test_the_plan_says_what_is_destroyed() -> None:
    disk = Disk(
        name="sdb",
        path="/dev/sdb",
        size=480_103_981_056,
        model="SAMSUNG MZ7LH480",
        serial="S45PNA0M",
        table="gpt",
        partitions=(Partition(number=1, path="/dev/sdb1", start=MIB, size=GIB),),
    )
    assert ReleaseDisks(disks=(disk,), wipe="listed-disks").describe().destroys == (
        "everything on SAMSUNG MZ7LH480, serial S45PNA0M, 480 GB, /dev/sdb; "
        "on it now: GPT table with partition 1 (nothing known)",
    )

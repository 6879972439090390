"""Layouts, words, the reader of partition tables, and the two steps as plain data."""

import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answers.model import Answers, Storage
from zeus_installer.machine.model import Cpu, Disk, Firmware, Iommu, Kernel, Machine, Memory, Os, Partition, Use, Xen
from zeus_installer.sources.model import Source
from zeus_installer.steps.context import Context, Identity
from zeus_installer.steps.partition_sr import PartitionSr, sr_device
from zeus_installer.steps.release_disks import ReleaseDisks
from zeus_installer.storage.gpt import read_gpt
from zeus_installer.storage.holders import Holder
from zeus_installer.storage.layout import MIB, gaps, in_biggest_gap, on_whole_disk, sr_partition_name
from zeus_installer.storage.release import refuse_shared, take_down
from zeus_installer.storage.text import contents, disk_name, size_text
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import UsageError, ZeusError

GB = 10**9
HOST = "8d3c1a2e-0000-4000-8000-000000000000"


def disk_with(*places: tuple[int, int], size: int = 100 * MIB, sector: int = 512) -> Disk:
    """A disk with partitions at these places: start and size, in MiB."""
    partitions = tuple(
        Partition(number=number, path=f"/dev/sda{number}", start=start * MIB, size=length * MIB)
        for number, (start, length) in enumerate(places, start=1)
    )
    return Disk(name="sda", path="/dev/sda", size=size, logical_sector=sector, table="gpt", partitions=partitions)


def context(*disks: Disk, **storage: object) -> Context:
    machine = Machine(
        cpu=Cpu(vendor=None, model=None, threads=None),
        iommu=Iommu(kind=None, state=None),
        firmware=Firmware(type=None),
        memory=Memory(bytes=None),
        xen=Xen(running=False),
        kernel=Kernel(release=None),
        os=Os(id=None),
        disks=disks,
    )
    return Context(
        answers=Answers(storage=Storage(**storage)),  # type: ignore[arg-type]
        machine=machine,
        source=Source(name="test"),
        disks=disks,
        nics=(),
        identity=Identity(host=HOST, dom0=HOST),
    )


# --- layouts ---


@pytest.mark.parametrize(
    ("size", "sector", "end"),
    [
        (100 * MIB, 512, 99 * MIB),
        (100 * MIB + 16 * 1024, 512, 99 * MIB),
        (100 * MIB + 17 * 1024, 512, 100 * MIB),
        (100 * MIB + 17 * 1024, 4096, 99 * MIB),
    ],
)
def test_a_whole_disk_keeps_room_for_both_tables(size: int, sector: int, end: int) -> None:
    partition = on_whole_disk(disk_with(size=size, sector=sector), name="x")
    assert (partition.number, partition.start, partition.end) == (1, MIB, end)


def test_the_biggest_gap_wins_and_the_lowest_free_number() -> None:
    disk = disk_with((1, 9), (40, 10), (70, 29))
    assert in_biggest_gap(disk, name="x").start == 10 * MIB
    assert in_biggest_gap(disk, name="x").size == 30 * MIB
    assert in_biggest_gap(disk, name="x").number == 4


def test_a_full_disk_has_no_gap() -> None:
    assert in_biggest_gap(disk_with((1, 98)), name="x").size == 0


@given(
    st.lists(st.tuples(st.integers(34, 200_000), st.integers(1, 100_000)), max_size=6),
    st.integers(4 * MIB // 512, 120 * MIB // 512),
    st.sampled_from([512, 4096]),
)
def test_gaps_are_aligned_inside_of_the_disk_and_touch_nothing(
    places: list[tuple[int, int]], sectors: int, sector: int
) -> None:
    partitions = tuple(
        Partition(number=number, path="", start=start * 512, size=length * 512)
        for number, (start, length) in enumerate(places, start=1)
    )
    disk = Disk(name="d", path="/dev/d", size=sectors * 512, logical_sector=sector, partitions=partitions)
    found = list(gaps(disk))
    for start, end in found:
        assert start % MIB == end % MIB == 0
        assert MIB <= start < end <= disk.size - sector - 16 * 1024
        assert all(end <= partition.start or start >= partition.start + partition.size for partition in partitions)
    assert in_biggest_gap(disk, name="x").size == max((end - start for start, end in found), default=0)


# --- words ---


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (480_103_981_056, "480 GB"),
        (1_920_383_410_176, "1.92 TB"),
        (10_737_418_240, "10.7 GB"),
        (999_999_999, "1 GB"),
        (10**18, "1e+03 PB"),
    ],
)
def test_sizes_are_written_as_on_the_label(size: int, text: str) -> None:
    assert size_text(size) == text


def test_contents_of_a_disk() -> None:
    disk = disk_with((1, 9), (10, 9), (20, 9))
    assert contents(disk) == (
        "GPT table with partition 1 (nothing known), partition 2 (nothing known) and partition 3 (nothing known)"
    )
    bare = Disk(name="d", path="/dev/d", size=GB, uses=(Use(kind="lvm", name="vg0", active=True),))
    assert contents(bare) == "LVM volume group vg0 (active)"
    assert contents(Disk(name="d", path="/dev/d", size=GB, table="dos")) == "MBR table without partitions"
    assert contents(Disk(name="d", path="/dev/d", size=GB)) == "empty"
    assert disk_name(bare) == "disk, no serial, 1 GB, /dev/d"


# --- reading tables ---


@given(st.binary(max_size=2048), st.integers(0, 3))
def test_garbage_is_no_table(garbage: bytes, place: int) -> None:
    disk = bytearray(4096 + len(garbage))
    disk[510:512] = b"\x55\xaa"
    disk[450] = 0xEE
    disk[512:520] = b"EFI PART"
    disk[520 + place : 520 + place + len(garbage)] = garbage
    with tempfile.NamedTemporaryFile() as file:
        file.write(disk)
        file.flush()
        assert read_gpt(Path(file.name), sector=512) is None


def test_a_header_that_points_outside_of_the_disk_is_no_table(tmp_path: Path) -> None:
    import zlib

    head = struct.pack(
        "<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, 1, 2**63, 34, 99, bytes(16), 2, 128, 128, 0
    )
    head = head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]
    image = tmp_path / "disk.img"
    image.write_bytes(bytes(450) + b"\xee" + bytes(59) + b"\x55\xaa" + head.ljust(512, b"\0") + bytes(4096))
    assert read_gpt(image, sector=512) is None


# --- the steps as data ---

SERIAL = Disk(
    name="sdb",
    path="/dev/sdb",
    size=480_103_981_056,
    model="SAMSUNG MZ7LH480",
    serial="S45PNA0M",
    links=("/dev/disk/by-id/wwn-0x5002538e1", "/dev/disk/by-id/ata-SAMSUNG"),
)


def test_the_sr_is_known_by_the_first_link_of_the_disk() -> None:
    assert sr_device(context(SERIAL)) == "/dev/disk/by-id/wwn-0x5002538e1-part1"


def test_in_free_space_the_sr_has_the_number_of_its_partition() -> None:
    system = Disk(
        name="sda",
        path="/dev/sda",
        size=100 * MIB,
        links=("/dev/disk/by-id/ata-S",),
        partitions=disk_with((1, 9), (10, 9)).partitions,
    )
    assert sr_device(context(system, space="free-space")) == "/dev/disk/by-id/ata-S-part3"


def test_a_disk_without_links_is_known_by_the_name_of_its_partition() -> None:
    assert sr_device(context(disk_with())) == "/dev/disk/by-partlabel/localsr-8d3c1a2e"
    assert sr_partition_name(HOST) == "localsr-8d3c1a2e"


def test_two_disks_are_one_too_many() -> None:
    with pytest.raises(UsageError) as caught:
        PartitionSr.from_context(context(SERIAL, SERIAL))
    assert caught.value.message == "storage.disks: 2 disks are named, and the storage repository takes 1"


def test_what_a_whole_disk_loses_and_gets() -> None:
    disk = Disk(name="sdb", path="/dev/sdb", size=480 * GB, model="M", serial="S", uses=(Use(kind="md", name="old:0"),))
    wanted = context(disk, wipe="listed-disks")
    assert ReleaseDisks.from_context(wanted).describe().destroys == (
        "everything on M, serial S, 480 GB, /dev/sdb; on it now: Linux RAID member old:0",
    )
    assert PartitionSr.from_context(wanted).describe().changes == (
        "new GPT on M, serial S, 480 GB, /dev/sdb, with one partition of 480 GB named localsr-8d3c1a2e",
    )


def test_an_empty_disk_loses_nothing() -> None:
    change = ReleaseDisks.from_context(context(SERIAL)).describe()
    assert change.destroys == ()
    assert change.changes == ("SAMSUNG MZ7LH480, serial S45PNA0M, 480 GB, /dev/sdb: is empty, and must still be",)


def test_free_space_leaves_the_others() -> None:
    wanted = context(disk_with((1, 9), (10, 9)), space="free-space")
    assert not ReleaseDisks.wanted(wanted)
    assert PartitionSr.from_context(wanted).describe().changes == (
        "partition 3 of 83.9 MB named localsr-8d3c1a2e in the gap at 19.9 MB of disk, no serial, 105 MB, /dev/sda; "
        "partitions 1 and 2 stay as they are",
    )


def test_without_a_local_sr_there_are_no_steps() -> None:
    assert not ReleaseDisks.wanted(context())
    assert not PartitionSr.wanted(context())


@pytest.mark.parametrize("space", ["whole-disk", "free-space"])
def test_the_steps_survive_the_stored_plan(space: str) -> None:
    wanted = context(disk_with((1, 9)), space=space, wipe="listed-disks")
    for kind in (ReleaseDisks, PartitionSr):
        step = kind.from_context(wanted)
        assert decode(kind, encode(step)) == step


# --- holders ---


def test_what_also_lies_on_another_disk_is_refused() -> None:
    group = Holder(kind="lvmvg", name="vg0", path="/dev/vg0", active=True, disks=("sdb", "sdc"))
    with pytest.raises(ZeusError) as caught:
        refuse_shared([group], ["sdb"])
    assert caught.value.code == "storage.shared"
    assert caught.value.message == "vg0 (lvmvg) also lies on /dev/sdc, which must not be touched"
    refuse_shared([group], ["sdb", "sdc"])


def test_a_holder_of_an_unknown_kind_is_refused_before_anything_is_stopped() -> None:
    array = Holder(kind="mdarray", name="md7", path="/dev/nothing", active=True, disks=("sdb",))
    pool = Holder(kind="stratis pool", name="pool", path="/dev/pool", active=True, disks=("sdb",))
    with pytest.raises(ZeusError) as caught:
        take_down([array, pool])
    assert caught.value.message == "Zeus does not know how to release pool (stratis pool)"


def test_what_does_not_run_needs_no_release() -> None:
    take_down(
        [
            Holder(kind="lvmvg", name="vg0", path="/dev/vg0"),
            Holder(kind="partition", name="p", path="/dev/p", active=True),
        ]
    )

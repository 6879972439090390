"""Disks: who they are, what is on them, and which of them the system needs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.machine_trees import Content, Link, disk, layer, mountinfo, part, plant, udev
from zeus_installer.machine.blocks import read_blocks
from zeus_installer.machine.boot import probe_boot
from zeus_installer.machine.disks import probe_disks
from zeus_installer.machine.model import Boot, Disk, Partition, Use
from zeus_installer.machine.mounts import parse_mountinfo, parse_mounts, parse_swaps
from zeus_installer.machine.tree import Tree
from zeus_installer.machine.udev import parse_record, unescape
from zeus_installer.machine.uses import read_occupation

SDA: dict[str, Content] = disk("sda", number="8:0")
MOUNTED = "proc/self/mountinfo"


def disks_of(root: Path, files: dict[str, Content], *, command_line: str = "") -> dict[str, Disk]:
    tree = Tree(plant(root, files))
    blocks = read_blocks(tree, asked=lambda _: None)
    found = probe_disks(tree, blocks, read_occupation(tree, blocks, command_line))
    return {disk.name: disk for disk in found}


def boot_of(root: Path, files: dict[str, Content], *, command_line: str = "") -> Boot:
    tree = Tree(plant(root, files))
    return probe_boot(tree, read_blocks(tree, asked=lambda _: None), command_line)


def test_a_disk_with_everything(tmp_path: Path) -> None:
    files = (
        SDA
        | part("sda", 2, device="8:2", start=4096, size=8192)
        | part("sda", 1, device="8:1")
        | udev(
            "8:0",
            "disk/by-id/ata-SAMSUNG_MZ7LH480_S45PNA0M",
            "disk/by-id/wwn-0x5002538e40a01234",
            "disk/by-path/pci-0000:00:1f.2-ata-1",
            ID_BUS="ata",
            ID_MODEL="SAMSUNG_MZ7LH480",
            ID_MODEL_ENC="SAMSUNG\\x20MZ7LH480\\x20\\x20",
            ID_SERIAL="SAMSUNG_MZ7LH480_S45PNA0M",
            ID_SERIAL_SHORT="S45PNA0M",
            ID_WWN="0x5002538e40a01234",
            ID_PART_TABLE_TYPE="gpt",
        )
        | udev("8:1", ID_FS_TYPE="vfat", ID_FS_USAGE="filesystem", ID_PART_ENTRY_NAME="EFI\\x20System")
        | udev("8:2", ID_PART_ENTRY_TYPE="0fc63daf-8483-4772-8e79-3d69d8477de4", ID_PART_ENTRY_UUID="u-2")
    )
    assert disks_of(tmp_path, files)["sda"] == Disk(
        name="sda",
        path="/dev/sda",
        size=1 << 30,
        model="SAMSUNG MZ7LH480",
        serial="S45PNA0M",
        wwn="0x5002538e40a01234",
        links=("/dev/disk/by-id/wwn-0x5002538e40a01234", "/dev/disk/by-id/ata-SAMSUNG_MZ7LH480_S45PNA0M"),
        physical_sector=4096,
        rotational=False,
        transport="sata",
        table="gpt",
        partitions=(
            Partition(
                number=1,
                path="/dev/sda1",
                start=1 << 20,
                size=512 << 20,
                label="EFI System",
                uses=(Use(kind="filesystem", name="vfat"),),
            ),
            Partition(
                number=2,
                path="/dev/sda2",
                start=2 << 20,
                size=4 << 20,
                type="0fc63daf-8483-4772-8e79-3d69d8477de4",
                uuid="u-2",
            ),
        ),
    )


def test_sizes_do_not_depend_on_the_sector(tmp_path: Path) -> None:
    files = SDA | {
        "sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/block/sda/queue/logical_block_size": "4096\n",
    }
    found = disks_of(tmp_path, files)["sda"]
    assert (found.size, found.logical_sector, found.physical_sector) == (1 << 30, 4096, 4096)


def test_what_is_no_disk(tmp_path: Path) -> None:
    files = (
        SDA | layer("md127", number="9:127", on=[]) | layer("dm-0", number="253:0", on=[], uuid="LVM-x", mapper="a-b")
    )
    names = ("loop0", "ram0", "zram0", "nbd0")
    for minor, name in enumerate(names):
        files |= disk(name, number=f"7:{minor}", place="virtual")
    files |= disk("sr0", number="11:0") | disk("fd0", number="2:0") | disk("mmcblk0boot0", number="179:8")
    files |= disk("nvme0c0n1", number="259:9") | disk("sdz", number="8:250", size=0)
    assert list(disks_of(tmp_path, files)) == ["sda"]


def test_disks_are_sorted_as_people_count(tmp_path: Path) -> None:
    files = {}
    for minor, name in enumerate(("sdaa", "sdb", "nvme10n1", "nvme2n1", "sda")):
        files |= disk(name, number=f"8:{minor}")
    assert list(disks_of(tmp_path, files)) == ["nvme2n1", "nvme10n1", "sda", "sdb", "sdaa"]


@pytest.mark.parametrize(
    ("name", "place", "transport"),
    [
        ("sdb", "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0", "usb"),
        ("sdb", "pci0000:00/0000:03:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0", "sas"),
        ("sdb", "platform/host2/session1/target2:0:0/2:0:0:1", "iscsi"),
        ("sdb", "pci0000:00/0000:05:00.0/host1/rport-1:0-0/target1:0:0/1:0:0:0", "fc"),
        ("sdb", "pci0000:00/0000:00:05.0/virtio2/host2/target2:0:0/2:0:0:0", "virtio"),
        ("vdb", "pci0000:00/0000:00:05.0/virtio2", "virtio"),
        ("nvme0n1", "pci0000:00/0000:01:00.0/nvme/nvme0", "nvme"),
        ("mmcblk0", "platform/soc/mmc_host/mmc0/mmc0:0001", "mmc"),
        ("xvda", "vbd-51712", "xen"),
        ("pmem0", "LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region0/btt0.0", "nvdimm"),
        ("sdb", "pci0000:00/0000:00:10.0/host2/target2:0:0/2:0:0:0", None),
    ],
)
def test_transports(tmp_path: Path, name: str, place: str, transport: str | None) -> None:
    assert disks_of(tmp_path, disk(name, number="8:16", place=place))[name].transport == transport


def test_virtio_and_nvme_tell_who_they_are_without_udev(tmp_path: Path) -> None:
    nvme = "sys/devices/pci0000:00/0000:01:00.0/nvme/nvme0/block/nvme0n1"
    files = disk("vda", number="254:0", place="pci0000:00/virtio2") | disk(
        "nvme0n1", number="259:0", place="pci0000:00/0000:01:00.0/nvme/nvme0"
    )
    files |= {
        "sys/devices/pci0000:00/virtio2/block/vda/serial": "zeus-1\n",
        f"{nvme}/wwid": "eui.0025385b71b00f12\n",
        f"{nvme}/device": Link("../.."),
        "sys/devices/pci0000:00/0000:01:00.0/nvme/nvme0/model": "Samsung SSD 980   \n",
        "sys/devices/pci0000:00/0000:01:00.0/nvme/nvme0/serial": "S649NX0R\n",
        "dev/disk/by-id/virtio-zeus-1": Link("../../vda"),
        "dev/disk/by-id/virtio-zeus-1-part1": Link("../../vda1"),
    }
    found = disks_of(tmp_path, files)
    assert (found["vda"].serial, found["vda"].links) == ("zeus-1", ("/dev/disk/by-id/virtio-zeus-1",))
    assert (found["nvme0n1"].model, found["nvme0n1"].serial) == ("Samsung SSD 980", "S649NX0R")
    assert found["nvme0n1"].wwn == "eui.0025385b71b00f12"


def test_a_scsi_serial_number_without_udev(tmp_path: Path) -> None:
    device = "sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/block/sda/device"
    files = SDA | {f"{device}/vpd_pg80": b"\0\x80\0\x08  S45PNA", f"{device}/wwid": "naa.5002538e40a01234\n"}
    found = disks_of(tmp_path, files)["sda"]
    assert (found.serial, found.wwn) == ("S45PNA", "0x5002538e40a01234")


def test_a_disk_that_nobody_looked_at_is_not_called_empty(tmp_path: Path) -> None:
    looked_at = disks_of(tmp_path / "one", SDA | udev("8:0", ID_SERIAL="x"))["sda"]
    unknown = disks_of(tmp_path / "two", SDA)["sda"]
    assert (looked_at.examined, looked_at.empty) == (True, True)
    assert (unknown.examined, unknown.empty) == (False, False)


@pytest.mark.parametrize(
    ("properties", "use"),
    [
        ({"ID_FS_TYPE": "ext4", "ID_FS_USAGE": "filesystem"}, Use(kind="filesystem", name="ext4")),
        ({"ID_FS_TYPE": "LVM2_member", "ID_FS_USAGE": "raid"}, Use(kind="lvm", name="")),
        ({"ID_FS_TYPE": "LVM2_member", "LVM_VG_NAME_COMPLETE": "old"}, Use(kind="lvm", name="old")),
        ({"ID_FS_TYPE": "linux_raid_member", "ID_FS_LABEL": "host:0"}, Use(kind="md", name="host:0")),
        ({"ID_FS_TYPE": "isw_raid_member"}, Use(kind="md", name="")),
        ({"ID_FS_TYPE": "crypto_LUKS", "ID_FS_USAGE": "crypto"}, Use(kind="luks", name="")),
        ({"ID_FS_TYPE": "zfs_member", "ID_FS_LABEL": "tank"}, Use(kind="zfs", name="tank")),
        ({"ID_FS_TYPE": "swap", "ID_FS_USAGE": "other"}, Use(kind="swap", name="")),
        ({"ID_FS_TYPE": "mpath_member"}, Use(kind="multipath", name="")),
        ({"ID_FS_TYPE": "bcache", "ID_FS_USAGE": "other"}, Use(kind="bcache", name="")),
        ({"ID_FS_TYPE": "drbd", "ID_FS_USAGE": "other"}, Use(kind="signature", name="drbd")),
        ({"ID_FS_AMBIVALENT": "filesystem:ext4:1.0"}, Use(kind="signature", name="filesystem:ext4:1.0")),
    ],
)
def test_signatures(tmp_path: Path, properties: dict[str, str], use: Use) -> None:
    assert disks_of(tmp_path, SDA | udev("8:0", **properties))["sda"].uses == (use,)


def test_mounts_are_followed_through_every_layer(tmp_path: Path) -> None:
    files = (
        disk("sda", number="8:0")
        | disk("sdb", number="8:16")
        | part("sda", 1, device="8:1")
        | layer("md127", number="9:127", on=["sda1", "sdb"])
        | layer("dm-0", number="253:0", on=["md127"], uuid="CRYPT-LUKS2-ab", mapper="luks-ab")
        | layer("dm-1", number="253:1", on=["dm-0"], uuid="LVM-xyz", mapper="my--host-root")
        | layer("dm-2", number="253:2", on=["dm-0"], uuid="LVM-xyy", mapper="my--host-swap")
        | udev("8:16", ID_FS_TYPE="linux_raid_member", ID_FS_LABEL="host:0")
        | udev("9:127", ID_FS_TYPE="crypto_LUKS")
        | {
            MOUNTED: mountinfo(("253:1", "/", "xfs", "/dev/mapper/my--host-root")),
            "proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n/dev/dm-2 partition 1 0 -2\n",
        }
    )
    found = disks_of(tmp_path, files)
    held = (
        Use(kind="md", name="md127", active=True),
        Use(kind="mount", name="/", active=True),
        Use(kind="swap", name="", active=True),
    )
    assert found["sdb"].uses == held
    assert (found["sda"].uses, found["sda"].partitions[0].uses) == ((), held)
    assert found["sda"].system
    assert found["sdb"].system
    assert boot_of(tmp_path, {}).stack == ("lvm", "luks", "md")


def test_a_volume_group_is_named_by_its_volumes(tmp_path: Path) -> None:
    files = SDA | udev("8:0", ID_FS_TYPE="LVM2_member")
    files |= layer("dm-0", number="253:0", on=["sda"], uuid="LVM-xyz", mapper="my--host-root")
    files |= layer("dm-1", number="253:1", on=["sda"], uuid="LVM-xyy", mapper="my--host-home--dir")
    assert disks_of(tmp_path, files)["sda"].uses == (Use(kind="lvm", name="my-host", active=True),)


def test_multipath_is_seen_on_each_path(tmp_path: Path) -> None:
    files = SDA | disk("sdb", number="8:16")
    files |= layer("dm-0", number="253:0", on=["sda", "sdb"], uuid="mpath-3600", mapper="mpatha")
    use = Use(kind="multipath", name="mpatha", active=True)
    assert [disk.uses for disk in disks_of(tmp_path, files).values()] == [(use,), (use,)]


def test_every_disk_of_a_btrfs_is_in_use(tmp_path: Path) -> None:
    files = SDA | disk("sdb", number="8:16") | {MOUNTED: mountinfo(("0:31", "/", "btrfs", "/dev/sda"))}
    files |= udev("8:0", ID_FS_TYPE="btrfs", ID_FS_UUID="b-1") | udev("8:16", ID_FS_TYPE="btrfs", ID_FS_UUID="b-1")
    assert [disk.system for disk in disks_of(tmp_path, files).values()] == [True, True]


def test_a_zfs_pool_in_use(tmp_path: Path) -> None:
    files = SDA | {MOUNTED: mountinfo(("0:31", "/", "zfs", "tank/root"))}
    files |= udev("8:0", ID_FS_TYPE="zfs_member", ID_FS_LABEL="tank")
    assert disks_of(tmp_path, files)["sda"].system


def test_the_root_of_an_early_boot_is_found_by_the_command_line(tmp_path: Path) -> None:
    files = SDA | part("sda", 1, device="8:1") | udev("8:1", "disk/by-uuid/11-22", ID_FS_TYPE="ext4")
    files |= {"proc/mounts": "/dev/root / ext4 rw 0 0\n"}
    assert disks_of(tmp_path, files, command_line="ro root=UUID=11-22 quiet")["sda"].system


@pytest.mark.parametrize("point", ["/run/initramfs/live", "/run/install/repo"])
def test_the_medium_that_we_were_started_from(tmp_path: Path, point: str) -> None:
    files = SDA | part("sda", 1, device="8:1") | {MOUNTED: mountinfo(("8:1", point, "iso9660", "/dev/sda1"))}
    found = disks_of(tmp_path, files)["sda"]
    assert (found.install_medium, found.system) == (True, False)


def test_partitions_without_a_class_directory(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "sys/block/sda/size": "2097152\n",
        "sys/block/sda/sda1/partition": "1\n",
        "sys/block/sda/sda1/size": "2048\n",
        "sys/block/sda/sda1/start": "garbage\n",
        "sys/block/sda/queue/rotational": "1\n",
        "proc/mounts": "/dev/sda1 / ext4 rw 0 0\n",
    }
    found = disks_of(tmp_path, files)["sda"]
    mounted = (Use(kind="mount", name="/", active=True),)
    assert found.partitions == (Partition(number=1, path="/dev/sda1", start=0, size=1 << 20, uses=mounted),)
    assert (found.rotational, found.system) == (True, True)


def test_a_disk_without_a_size(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"sys/block/sda/removable": "1\n"}))
    blocks = read_blocks(tree, asked=lambda _: None)
    found = probe_disks(tree, blocks, read_occupation(tree, blocks, ""))
    assert (found[0].size, found[0].removable) == (0, True)
    assert "disks.sda.size" in [unread.fact for unread in tree.unread]


def test_who_is_asked_instead_of_udev(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, SDA))
    blocks = read_blocks(tree, asked=lambda name: {"ID_FS_TYPE": "xfs"} if name == "sda" else None)
    found = probe_disks(tree, blocks, read_occupation(tree, blocks, ""))
    assert (found[0].uses, found[0].examined) == ((Use(kind="filesystem", name="xfs"),), True)


def test_boot_on_a_partition_of_its_own(tmp_path: Path) -> None:
    files = SDA | part("sda", 1, device="8:1") | udev("8:1", ID_FS_TYPE="ext4", ID_FS_UUID="11-22")
    files |= {MOUNTED: mountinfo(("8:2", "/", "btrfs", "/dev/sda2"), ("8:1", "/boot", "ext4", "/dev/sda1"))}
    files |= {"boot/grub2/grubenv": "# GRUB Environment Block\n"}
    assert boot_of(tmp_path, files) == Boot(
        file_system="ext4", uuid="11-22", device="/dev/sda1", separate=True, grubenv=True
    )


def test_boot_that_systemd_mounts_on_demand(tmp_path: Path) -> None:
    mounts = (("0:40", "/boot", "autofs", "systemd-1"), ("8:1", "/", "xfs", "/dev/sda1"))
    boot = boot_of(tmp_path, {MOUNTED: mountinfo(*mounts)})
    assert (boot.file_system, boot.device, boot.separate) == ("xfs", "/dev/sda1", False)


def test_boot_that_nothing_tells_of(tmp_path: Path) -> None:
    assert boot_of(tmp_path, {}) == Boot(grubenv=False)


@given(st.text())
def test_any_text_of_the_kernel_or_of_udev_is_read(text: str) -> None:
    parse_mountinfo(text), parse_mounts(text), parse_swaps(text), parse_record(text)
    assert unescape(text).isprintable()


@given(st.lists(st.sampled_from(["-", "1", "8:1", "/", "\\040", "ext4", "/dev/sda", " ", "\n"])))
def test_any_shape_of_mountinfo_is_read(words: list[str]) -> None:
    assert all(mount.device is not None for mount in parse_mountinfo(" ".join(words)))


PATHS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(PATHS)
def test_mount_points_come_back(point: str) -> None:
    escaped = "".join(f"\\{ord(character):03o}" if character in " \t\n\\" else character for character in point)
    line = f"20 1 8:1 / {escaped} rw shared:1 master:2 - ext4 /dev/sda1 rw\n"
    assert [mount.point for mount in parse_mountinfo(line)] == [point]


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_what_udev_escapes_comes_back(text: str) -> None:
    escaped = "".join(f"\\x{byte:02x}" for byte in text.encode())
    assert unescape(escaped) == text

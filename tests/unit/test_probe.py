"""The whole probe: on trees that lack anything at all, on damaged ones, and on recorded machines."""

import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.machine_trees import Content, cpuid, cpuinfo, disk, layer, mountinfo, part, plant, udev
from zeus_installer.machine.model import Cpu, Machine, Unread
from zeus_installer.machine.probe import probe
from zeus_installer.machine.replay import load, save, to_json
from zeus_installer.machine.text import render, size
from zeus_installer.system.errors import ExitStatus, UsageError

WHOLE: dict[str, Content] = {
    "proc/cpuinfo": cpuinfo("vmx ept"),
    "dev/cpu/0/cpuid": cpuid(vmx=True),
    "dev/cpu/0/msr": bytes(0x3A) + bytes([5, 0, 0, 0, 0, 0, 0, 0]),
    "proc/meminfo": "MemTotal:       16303196 kB\n",
    "proc/version": "Linux version 6.12.0 (gcc)\n",
    "proc/cmdline": "root=/dev/mapper/fedora-root ro\n",
    "proc/swaps": "Filename Type Size Used Priority\n",
    "proc/self/mountinfo": mountinfo(
        ("253:0", "/", "xfs", "/dev/mapper/fedora-root"), ("8:1", "/boot", "ext4", "/dev/sda1")
    ),
    "boot/config-6.12.0": "CONFIG_XEN_DOM0=y\n",
    "boot/grub2/grubenv": "# GRUB Environment Block\n",
    "etc/os-release": 'ID=fedora\nVERSION_ID=42\nPRETTY_NAME="Fedora Linux 42"\n',
    "etc/hostname": "xen1.example.org\n",
    "sys/firmware/acpi/tables/DMAR": b"DMAR" + bytes(33) + b"\1",
    "sys/class/iommu/dmar0/intel-iommu/ecap": "f020de\n",
    "sys/kernel/iommu_groups/0/": "",
    "sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
    "sys/class/dmi/id/product_name": "PowerEdge R640\n",
    "sys/class/dmi/id/product_serial": "ABC1234\n",
    "sys/class/net/eth0/address": "52:54:00:12:34:56\n",
    "sys/class/net/eth0/device/uevent": "DRIVER=igb\n",
    "sys/class/net/eth0/carrier": "1\n",
    "sys/class/net/eth0/speed": "1000\n",
    **disk("sda", number="8:0"),
    **part("sda", 1, device="8:1"),
    **part("sda", 2, device="8:2"),
    **layer("dm-0", number="253:0", on=["sda2"], uuid="LVM-x", mapper="fedora-root"),
    **disk("sdb", number="8:16"),
    **udev("8:0", ID_MODEL="SAMSUNG_MZ7LH480", ID_SERIAL_SHORT="S45PNA0M", ID_PART_TABLE_TYPE="gpt"),
    **udev("8:1", ID_FS_TYPE="ext4", ID_FS_USAGE="filesystem", ID_FS_UUID="11-22"),
    **udev("8:2", ID_FS_TYPE="LVM2_member"),
    **udev("8:16", ID_MODEL="SAMSUNG_MZ7LH480", ID_SERIAL_SHORT="S45PNA1K"),
}

SHOWN = """\
System       xen1.example.org Fedora Linux 42, kernel 6.12.0
Processor    Some CPU @ 2.00GHz (1 socket, 1 core, 2 threads)
Guests       VT-x enabled, second-level paging: yes
IOMMU        VT-d active, interrupt remapping: yes
Firmware     BIOS, Secure Boot off, Dell Inc. PowerEdge R640
Memory       15.5 GiB
Xen          not running
Dom0 kernel  the running kernel: yes (installed and able: 6.12.0)
Boot         /boot of its own: ext4, /dev/sda1

Disks
  /dev/sda         1.07 GB  SAMSUNG MZ7LH480, S45PNA0M, sata, gpt, system disk
    /dev/sda1       537 MB  ext4, mounted on /boot
    /dev/sda2       537 MB  LVM fedora, mounted on /
  /dev/sdb         1.07 GB  SAMSUNG MZ7LH480, S45PNA1K, sata, empty

Network
  eth0           52:54:00:12:34:56  igb, link, 1000 Mbit/s
"""


def recorded_roots() -> Iterator[Path]:
    """Give the recorded machines that lie unpacked in a directory named by ZEUS_RECORDED_MACHINES, if any."""
    place = os.environ.get("ZEUS_RECORDED_MACHINES")
    return iter(sorted(path for path in Path(place).glob("*") if path.is_dir())) if place else iter(())


def core_facts(machine: Machine) -> dict[str, object]:
    """Give the facts that must be listed as unread where they are None."""
    return {
        "cpu.vendor": machine.cpu.vendor,
        "cpu.model": machine.cpu.model,
        "cpu.threads": machine.cpu.threads,
        "cpu.virtualization": machine.cpu.virtualization,
        "cpu.virtualization_state": machine.cpu.virtualization_state,
        "cpu.second_level_paging": machine.cpu.second_level_paging,
        "iommu.kind": machine.iommu.kind,
        "iommu.state": machine.iommu.state,
        "iommu.interrupt_remapping": machine.iommu.interrupt_remapping,
        "firmware.type": machine.firmware.type,
        "firmware.secure_boot": machine.firmware.secure_boot,
        "memory.bytes": machine.memory.bytes,
        "kernel.release": machine.kernel.release,
        "kernel.dom0_capable": machine.kernel.dom0_capable,
        "os.id": machine.os.id,
    }


def assert_honest(machine: Machine) -> None:
    unread = {entry.fact for entry in machine.unread}
    assert {fact for fact, value in core_facts(machine).items() if (value is None) != (fact in unread)} == set()
    assert all(entry.reason for entry in machine.unread)
    assert render(machine)


def test_a_machine_for_people(tmp_path: Path) -> None:
    assert render(probe(plant(tmp_path, WHOLE))) == SHOWN


def test_the_keys_of_the_json(tmp_path: Path) -> None:
    data = json.loads(to_json(probe(plant(tmp_path, WHOLE))))
    assert data["cpu"]["virtualization_state"] == "enabled"
    assert data["cpu"]["second_level_paging"] is True
    assert data["iommu"] == {"kind": "vt-d", "state": "active", "interrupt_remapping": True, "groups": 1}
    assert (data["firmware"]["type"], data["firmware"]["secure_boot"]) == ("bios", False)
    assert (data["memory"]["bytes"], data["xen"]["running"]) == (16303196 * 1024, False)
    assert (data["kernel"]["release"], data["kernel"]["dom0_capable"]) == ("6.12.0", True)
    assert ([disk["name"] for disk in data["disks"]], [nic["name"] for nic in data["nics"]]) == (
        ["sda", "sdb"],
        ["eth0"],
    )
    assert (data["os"]["id"], data["unread"]) == ("fedora", [])


def test_an_empty_directory_knows_nothing_and_says_so(tmp_path: Path) -> None:
    machine = probe(tmp_path)
    assert set(core_facts(machine).values()) == {None}
    assert (machine.disks, machine.nics) == ((), ())
    assert {"disks", "disks.system", "nics", "xen.running"} <= {unread.fact for unread in machine.unread}
    assert_honest(machine)


def test_a_root_that_is_not_there_is_like_an_empty_one(tmp_path: Path) -> None:
    assert probe(tmp_path / "gone") == probe(tmp_path)


def damage(root: Path, choose: random.Random) -> None:
    """Break what a tree holds, in every way that a recording, a kernel or a disk could."""
    files = sorted(path for path in root.rglob("*") if path.is_file() or path.is_symlink())
    for path in choose.sample(files, k=choose.randint(1, len(files))):
        if not path.parent.is_dir() or not (path.exists() or path.is_symlink()):
            continue
        if path.is_dir() and not path.is_symlink():
            continue
        path.unlink()
        match choose.randrange(7):
            case 0:
                path.mkdir()
            case 1:
                path.write_bytes(choose.randbytes(200))
            case 2:
                path.symlink_to(path.name)
            case 3:
                path.symlink_to("/" * choose.randint(1, 3) + choose.choice(["etc/passwd", "proc", "sys/class", ".."]))
            case 4:
                path.write_text(
                    choose.choice(["-1", "", "\n", "99999999999999999999999", "9" * 5000, "0x10", "\0\0\0\0\0", "²"])
                )
            case 5:
                os.mkfifo(path)


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_tree_is_read_as_far_as_it_goes(tmp_path: Path, choose: random.Random) -> None:
    shutil.rmtree(tmp_path / "tree", ignore_errors=True)
    root = plant(tmp_path / "tree", WHOLE)
    damage(root, choose)
    machine = probe(root)
    assert_honest(machine)
    save(machine, tmp_path / "machine.json")
    assert load(tmp_path / "machine.json") == machine


@pytest.mark.parametrize("root", [Path("/"), *recorded_roots()], ids=str)
def test_real_machines_are_read_honestly(root: Path, tmp_path: Path) -> None:
    machine = probe(root)
    assert machine.cpu.vendor is not None
    assert_honest(machine)
    save(machine, tmp_path / "machine.json")
    assert load(tmp_path / "machine.json") == machine


class TestReplay:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", ":1: error: Expecting value"),
            ('{\n  "cpu": }', ":2: error: Expecting value"),
            ("[]", ": the data is list, not Machine"),
            ("{}", ": cpu is missing"),
            ('{"version": 2}', ": version 2 of the format, this program reads version 1"),
            ('{"cpu": {"vendor": 7, "model": null, "threads": 1}}', ": cpu.vendor is int, not str"),
            ("[" * 100_000, ": this is not a machine"),
            ("9" * 5000, ": this is not a machine"),
            (b"\xff\xfe", ": not UTF-8 text, at byte 0"),
        ],
    )
    def test_what_is_no_machine(self, tmp_path: Path, content: str | bytes, message: str) -> None:
        path = plant(tmp_path, {"machine.json": content}) / "machine.json"
        with pytest.raises(UsageError) as caught:
            load(path)
        assert caught.value.message == f"{path}{message}"
        assert caught.value.status is ExitStatus.USAGE

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            load(tmp_path / "gone.json")
        assert str(caught.value) == (
            f"{tmp_path}/gone.json: no such file or directory\nhint: make one with: zeus probe --save FILE"
        )

    def test_a_place_that_cannot_be_written_to(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            save(probe(tmp_path), tmp_path / "gone/machine.json")
        assert caught.value.message == f"{tmp_path}/gone/machine.json: no such file or directory"

    def test_keys_of_a_later_version_are_left_out(self, tmp_path: Path) -> None:
        machine = probe(plant(tmp_path / "tree", WHOLE))
        data = json.loads(to_json(machine)) | {"colour": "red"}
        path = plant(tmp_path, {"machine.json": json.dumps(data)}) / "machine.json"
        assert load(path) == machine


class TestText:
    @pytest.mark.parametrize(
        ("count", "text"),
        [
            (0, "0 B"),
            (512, "512 B"),
            (480_103_981_056, "480 GB"),
            (1_000_204_886_016, "1 TB"),
            (999_999_999_999, "1 TB"),
            (18_000_207_937_536_000, "18 PB"),
        ],
    )
    def test_sizes(self, count: int, text: str) -> None:
        assert size(count) == text

    def test_what_is_not_known_is_said(self, tmp_path: Path) -> None:
        machine = replace(
            probe(tmp_path),
            cpu=Cpu(vendor=None, model=None, threads=None),
            unread=(Unread(fact="cpu.model", reason="/proc/cpuinfo is not there"),),
        )
        text = render(machine)
        assert "Guests       hardware virtualization not known, second-level paging: not known" in text
        assert text.endswith("Could not be read\n  cpu.model: /proc/cpuinfo is not there\n")

"""Machines recorded in QEMU (tests/lab/record.py makes them): what the probe says of each."""

import tarfile
from pathlib import Path

import pytest

from zeus_installer.machine.model import IommuState, Machine, Use, VirtualizationState
from zeus_installer.machine.probe import probe

FIXTURES = Path(__file__).parents[1] / "fixtures" / "machines"


@pytest.fixture
def recorded(tmp_path: Path, request: pytest.FixtureRequest) -> Machine:
    """The machine of the recording that the test is for."""
    with tarfile.open(FIXTURES / f"{request.param}.tar.gz") as tar:
        tar.extractall(tmp_path)  # noqa: S202 - our own recording
    return probe(tmp_path)


def recording(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("recorded", [name], indirect=True)


@recording("leftovers")
def test_leftovers_are_all_seen(recorded: Machine) -> None:
    assert {disk.serial: disk.uses for disk in recorded.disks if not disk.system} == {
        "RAID-A": (Use(kind="md", name="md127", active=True),),
        "RAID-B": (Use(kind="md", name="md127", active=True),),
        "VOLUMES": (Use(kind="lvm", name=""),),
        "ENCRYPTED": (Use(kind="luks", name=""),),
        "FILES": (Use(kind="filesystem", name="ext4"),),
        "TABLE": (),
        "EMPTY": (),
    }
    assert [disk.serial for disk in recorded.disks if disk.empty] == ["EMPTY"]
    assert [disk.serial for disk in recorded.disks if disk.system] == ["LABSYSTEM"]
    assert {disk.serial: disk.table for disk in recorded.disks if disk.table} == {"LABSYSTEM": "gpt", "TABLE": "gpt"}


@recording("leftovers")
def test_a_plain_host(recorded: Machine) -> None:
    assert (recorded.os.id, recorded.hostname) == ("fedora", "plain.lab.example")
    assert (recorded.firmware.type, recorded.firmware.secure_boot) == ("bios", False)
    assert (recorded.kernel.dom0_capable, recorded.xen.running) == (True, False)
    assert (recorded.boot.file_system, recorded.boot.stack, recorded.boot.grubenv) == ("ext4", (), True)
    assert (recorded.iommu.kind, recorded.iommu.state) == ("none", IommuState.ABSENT)
    assert (recorded.cpu.vendor, recorded.cpu.threads) == ("AuthenticAMD", 2)
    assert recorded.cpu.virtualization_state is VirtualizationState.HIDDEN_BY_HYPERVISOR


@recording("nvme-4kn-vtd")
def test_nvme_and_sectors_of_four_kilobytes(recorded: Machine) -> None:
    shape = {
        disk.serial: (disk.transport, disk.size >> 30, disk.logical_sector, disk.physical_sector)
        for disk in recorded.disks
    }
    assert shape == {
        "LABSYSTEM": ("virtio", 16, 512, 512),
        "NVME512": ("nvme", 200, 512, 512),
        "NVME4KN": ("nvme", 400, 4096, 4096),
        "VIRTIO4KN": ("virtio", 4, 4096, 4096),
    }
    disk = next(disk for disk in recorded.disks if disk.serial == "NVME4KN")
    assert (disk.model, disk.table) == ("QEMU NVMe Ctrl", "gpt")
    assert disk.links[0].startswith("/dev/disk/by-id/nvme-")
    assert [(part.number, part.start, part.size, part.uses) for part in disk.partitions] == [
        (1, 1 << 20, 1 << 30, (Use(kind="filesystem", name="xfs"),)),
        (2, (1 << 20) + (1 << 30), (399 << 30) - (2 << 20), ()),
    ]


@recording("nvme-4kn-vtd")
def test_vt_d_beside_an_amd_processor(recorded: Machine) -> None:
    assert (recorded.iommu.kind, recorded.iommu.state) == ("vt-d", IommuState.ACTIVE)
    assert recorded.iommu.interrupt_remapping is False
    assert (recorded.firmware.type, recorded.firmware.secure_boot) == ("uefi", False)
    assert (recorded.cpu.virtualization, recorded.cpu.virtualization_state) == ("amd-v", VirtualizationState.ENABLED)
    assert recorded.cpu.second_level_paging is True


@recording("amd-iommu")
def test_amd_vi(recorded: Machine) -> None:
    assert (recorded.iommu.kind, recorded.iommu.state) == ("amd-vi", IommuState.ACTIVE)
    # Linux runs without the I/O APIC there, so no interrupt is remapped.
    assert recorded.iommu.interrupt_remapping is False


@recording("four-nics")
def test_four_nics(recorded: Machine) -> None:
    nics = {nic.mac: (nic.driver, nic.carrier, nic.speed, nic.kind) for nic in recorded.nics}
    assert nics == {
        "52:54:00:12:34:56": ("virtio_net", True, None, "ethernet"),
        "52:54:00:00:00:02": ("e1000e", True, 1000, "ethernet"),
        "52:54:00:00:00:03": ("e1000e", True, 1000, "ethernet"),
        "52:54:00:00:00:04": ("e1000e", False, None, "ethernet"),
    }
    addresses = {nic.mac: nic.addresses[0] for nic in recorded.nics if nic.addresses}
    assert addresses["52:54:00:12:34:56"] == "10.0.2.15/24"
    assert addresses["52:54:00:00:00:02"] == "192.0.2.2/24"
    assert addresses["52:54:00:00:00:03"] == "198.51.100.3/24"

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


@recording("no-disk")
def test_a_machine_with_its_system_disk_only(recorded: Machine) -> None:
    assert [(disk.serial, disk.system, disk.empty) for disk in recorded.disks] == [("LABSYSTEM", True, False)]


@recording("two-empty-disks")
def test_equal_disks_differ_by_serial(recorded: Machine) -> None:
    rows = {
        disk.serial: (disk.size >> 30, disk.transport, disk.rotational, disk.wwn, disk.empty)
        for disk in recorded.disks
        if not disk.system
    }
    assert rows == {
        "S45PNA0M512345": (480, "sata", False, "0x5002538e10512345", True),
        "S45PNA0M512346": (480, "sata", False, "0x5002538e10512346", True),
        "WDC1234Z": (2048, "sata", True, "0x5000c500a1b2c3d4", True),
    }
    assert recorded.firmware.type == "uefi"


@recording("no-link")
def test_nics_without_a_link(recorded: Machine) -> None:
    nics = [(nic.mac, nic.driver, nic.carrier, nic.speed, nic.addresses) for nic in recorded.nics]
    assert nics == [
        ("52:54:00:12:34:56", "virtio_net", False, None, ()),
        ("52:54:00:00:00:02", "e1000e", False, None, ()),
    ]


@recording("busy")
def test_disks_in_use(recorded: Machine) -> None:
    assert {disk.serial: disk.uses for disk in recorded.disks if disk.serial != "LABSYSTEM"} == {
        "SERVICES": (Use(kind="lvm", name="services", active=True), Use(kind="mount", name="/srv", active=True)),
        "SWAP": (Use(kind="swap", name="", active=True),),
        "OLD-STORAGE": (Use(kind="lvm", name="VG_XenStorage-6f1d1c2e-3a0b-4d5c-8e9f-0a1b2c3d4e5f", active=True),),
        "SPARE": (),
    }
    assert [disk.serial for disk in recorded.disks if disk.system] == ["LABSYSTEM", "SWAP"]
    assert [disk.serial for disk in recorded.disks if disk.empty] == ["SPARE"]


@recording("odd-names")
def test_odd_names_stay_as_they_are(recorded: Machine) -> None:
    uses = {disk.serial: disk.all_uses for disk in recorded.disks if not disk.system}
    assert uses == {
        "GRÖSSE ÄÖ/ß": (Use(kind="filesystem", name="xfs"),),
        "SERIAL-OF-MORE-THAN-THIRTY-LETTER.36": (Use(kind="lvm", name="old--host+a_b.c", active=True),),
        "TWENTY-CHARACTERS-20": (),
        "BLANKS  IN IT": (
            Use(kind="filesystem", name="ext4", active=True),
            Use(kind="mount", name="/srv/Daten für Müller", active=True),
        ),
        "EMPTY": (),
    }
    disks = {disk.serial: disk for disk in recorded.disks}
    assert disks["GRÖSSE ÄÖ/ß"].partitions[0].label == "Daten für alle"
    assert disks["SERIAL-OF-MORE-THAN-THIRTY-LETTER.36"].model == "SIXTEEN LETTERS!"
    # Where sg3_utils' rules are, udev has the SCSI layer's 16 characters of an ATA disk's model.
    assert disks["TWENTY-CHARACTERS-20"].model == 'A "MODEL" <OF> F'

"""The lab xapi's volume groups for real, on loop devices (needs root). Its volumes need device-mapper: a VM."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.lab.xapi.effects.lvm import EXT_PREFIX, LVM_PREFIX, ExtDriver, LvmDriver, VolumeGroups, root_devices
from tests.lab.xapi.errors import XapiError

MIB = 1 << 20
UUID = "5a5a5a5a-0000-0000-0000-000000000001"


@contextmanager
def loop(image: Path) -> Iterator[str]:
    """A loop device of 128 MiB, with something old at its start."""
    image.write_bytes(b"old data" * 1024)
    os.truncate(image, 128 * MIB)
    device = subprocess.run(
        ["losetup", "--find", "--show", image], capture_output=True, text=True, check=True
    ).stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[list[str]]:
    with ExitStack() as stack:
        yield [stack.enter_context(loop(tmp_path / f"disk{number}")) for number in range(2)]


@pytest.fixture
def config(tmp_path: Path, devices: list[str]) -> Path:
    """A master configuration that sees the test's devices only."""
    directory = tmp_path / "master"
    directory.mkdir()
    accepted = ", ".join(f'"a|^{device}$|"' for device in devices)
    (directory / "lvm.conf").write_text(f'devices {{\n use_devicesfile=0\n global_filter=[{accepted}, "r|.*|"]\n}}\n')
    return directory


def groups(prefix: str, config: Path) -> VolumeGroups:
    return VolumeGroups(prefix, config=config)


def test_a_group_is_made_found_measured_and_removed(devices: list[str], config: Path) -> None:
    ext = groups(EXT_PREFIX, config)
    ext.create(UUID, devices)
    with Path(devices[0]).open("rb") as disk:
        assert b"old data" not in disk.read(MIB)
    shown = ext.lvm("vgs", "--noheadings", "-o", "vg_name,pv_count").split()
    assert shown == [f"XSLocalEXT-{UUID}", "2"]
    sizes = ext.sizes(UUID)
    assert 0 < sizes.total < 256 * MIB
    assert sizes.used == 0
    (found,) = ExtDriver(ext).probe({"device": devices[0]})
    assert (found.uuid, sorted(found.devices), found.size) == (UUID, sorted(devices), sizes.total)
    assert LvmDriver(groups(LVM_PREFIX, config)).probe({"device": devices[0]}) == []
    ext.remove(UUID, devices)
    assert ExtDriver(ext).probe({"device": devices[0]}) == []


def test_a_group_of_another_is_wiped_by_create(devices: list[str], config: Path) -> None:
    groups(LVM_PREFIX, config).create(UUID, devices[:1])
    ext = groups(EXT_PREFIX, config)
    ext.create(UUID, devices[:1])
    assert ext.lvm("vgs", "--noheadings", "-o", "vg_name").split() == [f"XSLocalEXT-{UUID}"]
    ext.remove(UUID, devices[:1])


def test_a_device_in_use_is_refused_before_anything_is_written(devices: list[str], config: Path) -> None:
    holder = os.open(devices[1], os.O_RDWR | os.O_EXCL)
    try:
        with pytest.raises(XapiError) as caught:
            groups(EXT_PREFIX, config).create(UUID, devices)
    finally:
        os.close(holder)
    assert caught.value.description == ["SR_DEVICE_IN_USE"]
    with Path(devices[0]).open("rb") as disk:
        assert disk.read(8) == b"old data"


def test_what_is_no_block_device_is_refused(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(XapiError) as caught:
        groups(EXT_PREFIX, config).create(UUID, [str(file)])
    assert caught.value.description == ["SR_BACKEND_FAILURE_19", "", f"The device {file} is not a block device", ""]


def test_the_root_device_is_refused(devices: list[str], config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.lab.xapi.effects.lvm.root_devices", lambda: {Path(devices[0])})
    with pytest.raises(XapiError) as caught:
        groups(EXT_PREFIX, config).create(UUID, devices)
    assert caught.value.code == "SR_BACKEND_FAILURE_105"


def test_the_root_device_is_the_partition_and_its_disk(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    number = root.stat().st_dev
    disk = tmp_path / "devices/nvme0n1"
    part = disk / "nvme0n1p3"
    part.mkdir(parents=True)
    (part / "partition").write_text("3\n")
    sysfs = tmp_path / "block"
    sysfs.mkdir()
    (sysfs / f"{os.major(number)}:{os.minor(number)}").symlink_to(part)
    assert root_devices(sysfs=sysfs, root=root) == {Path("/dev/nvme0n1"), Path("/dev/nvme0n1p3")}


def test_without_sms_lvm_configuration_nothing_is_made(devices: list[str], tmp_path: Path) -> None:
    with pytest.raises(XapiError) as caught:
        groups(EXT_PREFIX, tmp_path / "nothing").create(UUID, devices)
    code, _, _, output = caught.value.description
    assert code == "SR_BACKEND_FAILURE_77"
    assert output == f"{tmp_path}/nothing is not a directory: sm has no LVM configuration"

"""Storage repositories on LVM, as sm's EXTSR.py, LVHDSR.py and lvutil.py make them: same names, same steps.

| type | volume group | volumes |
| --- | --- | --- |
| ext | `XSLocalEXT-<uuid>` | `<uuid>`: all the space, ext4, mounted at `/run/sr-mount/<uuid>` |
| lvm | `VG_XenStorage-<uuid>` | `MGT`: 4 MiB of metadata; a volume for each disk image |

Every LVM command runs with `LVM_SYSTEM_DIR=/etc/lvm/master`, which must be there.
"""

import errno
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.xapi.effects.ports import FoundSr, Sizes
from tests.lab.xapi.effects.programs import ProgramFailed, run
from tests.lab.xapi.errors import BackendFailure

MASTER_CONFIG = Path("/etc/lvm/master")
MOUNTS = Path("/run/sr-mount")
EXT_PREFIX = "XSLocalEXT-"
LVM_PREFIX = "VG_XenStorage-"

_ZEROED_BYTES = 10 << 20
_MANAGEMENT_VOLUME = "MGT"
_MANAGEMENT_BYTES = 4 << 20

# Numbers of sm's XE_SR_ERRORCODES.xml.
_IN_USE = 16
_INVALID_DEVICE = 19
_UNAVAILABLE = 47
_VOLUME_NOT_MADE = 50
_MKFS_FAILED = 57
_GROUP_NOT_MADE = 77
_ROOT_DEVICE = 105


class VolumeGroups:
    """Volume groups of one prefix; `root_device` tells which disk the system is on."""

    def __init__(self, prefix: str, *, config: Path = MASTER_CONFIG) -> None:
        self._prefix = prefix
        self._config = config

    def name(self, uuid: str) -> str:
        return self._prefix + uuid

    def lvm(self, *argv: str) -> str:
        """Run an LVM command as sm does. Raises ProgramFailed."""
        if not self._config.is_dir():
            raise ProgramFailed(f"{self._config} is not a directory: sm has no LVM configuration")
        return run(argv, environment={"LVM_SYSTEM_DIR": str(self._config), "LVM_SUPPRESS_FD_WARNINGS": "1"})

    def create(self, uuid: str, devices: Sequence[str]) -> None:
        """Check all devices, then wipe them and make the group."""
        for device in devices:
            check_device(device)
        try:
            for device in devices:
                zero_start(device)
                self.lvm("pvcreate", "-ff", "-y", "--metadatasize", "10M", device)
            self.lvm("vgcreate", self.name(uuid), devices[0])
            for device in devices[1:]:
                self.lvm("vgextend", self.name(uuid), device)
        except ProgramFailed as error:
            raise BackendFailure(_GROUP_NOT_MADE, "The volume group could not be made", str(error)) from error

    def remove(self, uuid: str, devices: Sequence[str]) -> None:
        try:
            self.lvm("vgremove", "-f", self.name(uuid))
            self.lvm("pvremove", *devices)
        except ProgramFailed as error:
            raise BackendFailure(_UNAVAILABLE, "The volume group could not be removed", str(error)) from error

    def activate(self, uuid: str, volume: str) -> None:
        try:
            self.lvm("lvchange", "-ay", f"{self.name(uuid)}/{volume}")
        except ProgramFailed as error:
            raise BackendFailure(_UNAVAILABLE, "The SR is not available", str(error)) from error

    def deactivate(self, uuid: str) -> None:
        try:
            self.lvm("vgchange", "-an", self.name(uuid))
        except ProgramFailed as error:
            raise BackendFailure(_IN_USE, "The SR is in use", str(error)) from error

    def sizes(self, uuid: str) -> Sizes:
        try:
            text = self.lvm("vgs", *_REPORT, "-o", "vg_size,vg_free", self.name(uuid))
        except ProgramFailed as error:
            raise BackendFailure(_UNAVAILABLE, "The SR is not available", str(error)) from error
        (row,) = _rows(text, "vg")
        total = int(row["vg_size"])
        return Sizes(total=total, used=total - int(row["vg_free"]))

    def probe(self, devices: Sequence[str]) -> Sequence[FoundSr]:
        """The groups of this prefix that have a physical volume on one of the devices."""
        try:
            text = self.lvm("pvs", *_REPORT, "-o", "pv_name,vg_name,vg_size")
        except ProgramFailed as error:
            raise BackendFailure(_UNAVAILABLE, "The physical volumes could not be read", str(error)) from error
        wanted = {os.path.realpath(device) for device in devices}
        rows = [row for row in _rows(text, "pv") if row["vg_name"].startswith(self._prefix)]
        found = {row["vg_name"]: int(row["vg_size"]) for row in rows if os.path.realpath(row["pv_name"]) in wanted}
        return [
            FoundSr(
                uuid=name.removeprefix(self._prefix),
                devices=[row["pv_name"] for row in rows if row["vg_name"] == name],
                size=size,
            )
            for name, size in found.items()
        ]


_REPORT = ("--reportformat", "json", "--units", "b", "--nosuffix")


def _rows(text: str, kind: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(text)["report"][0][kind]
    return rows


def check_device(device: str) -> None:
    """Refuse what is no block device, what the system runs on, and what somebody has open."""
    path = Path(os.path.realpath(device))
    if not path.is_block_device():
        raise BackendFailure(_INVALID_DEVICE, f"The device {device} is not a block device")
    if path in root_devices():
        raise BackendFailure(_ROOT_DEVICE, f"{device} is the root system device and cannot hold virtual machines")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_EXCL))
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise BackendFailure(_INVALID_DEVICE, f"{device}: {error.strerror}") from error
        raise BackendFailure(_IN_USE, f"{device} is in use") from error


def root_devices(*, sysfs: Path = Path("/sys/dev/block"), root: Path = Path("/")) -> set[Path]:
    """The device of the root file system, and the disk that it is a part of."""
    number = root.stat().st_dev
    entry = sysfs / f"{os.major(number)}:{os.minor(number)}"
    if not entry.exists():
        return set()
    node = entry.resolve()
    whole = node.parent if (node / "partition").exists() else node
    return {Path("/dev") / node.name, Path("/dev") / whole.name}


def zero_start(device: str) -> None:
    """Overwrite the first 10 MiB, as far as the device is that long."""
    with Path(device).open("r+b") as disk:
        size = disk.seek(0, os.SEEK_END)
        disk.seek(0)
        disk.write(bytes(min(size, _ZEROED_BYTES)))
        disk.flush()
        os.fsync(disk.fileno())


def devices_of(config: Mapping[str, str]) -> Sequence[str]:
    """The devices that a device_config names, separated by commas."""
    return config["device"].split(",")


class LvmDriver:
    """Type `lvm`."""

    def __init__(self, groups: VolumeGroups | None = None) -> None:
        self._groups = groups or VolumeGroups(LVM_PREFIX)

    def create(self, uuid: str, config: Mapping[str, str]) -> None:
        self._groups.create(uuid, devices_of(config))
        size = f"{_MANAGEMENT_BYTES}b"
        group = self._groups.name(uuid)
        try:
            self._groups.lvm("lvcreate", "-y", "-W", "n", "-n", _MANAGEMENT_VOLUME, "-L", size, group)
            _write_management(Path("/dev") / group / _MANAGEMENT_VOLUME, uuid)
        except (ProgramFailed, OSError) as error:
            raise BackendFailure(_VOLUME_NOT_MADE, "The logical volume could not be made", str(error)) from error
        self._groups.deactivate(uuid)

    def destroy(self, uuid: str, config: Mapping[str, str]) -> None:
        self._groups.remove(uuid, devices_of(config))

    def attach(self, uuid: str, config: Mapping[str, str]) -> None:
        del config
        self._groups.activate(uuid, _MANAGEMENT_VOLUME)

    def detach(self, uuid: str) -> None:
        self._groups.deactivate(uuid)

    def sizes(self, uuid: str) -> Sizes:
        return self._groups.sizes(uuid)

    def probe(self, config: Mapping[str, str]) -> Sequence[FoundSr]:
        return self._groups.probe(devices_of(config))


def _write_management(volume: Path, uuid: str) -> None:
    """Metadata of a repository without disk images: only that it is one."""
    text = f'<?xml version="1.0" ?><sr><uuid>{uuid}</uuid><allocation>thick</allocation></sr>'
    with volume.open("r+b") as device:
        device.write(text.encode().ljust(_MANAGEMENT_BYTES, b"\0"))
        os.fsync(device.fileno())


class ExtDriver:
    """Type `ext`."""

    def __init__(self, groups: VolumeGroups | None = None, *, mounts: Path = MOUNTS) -> None:
        self._groups = groups or VolumeGroups(EXT_PREFIX)
        self._mounts = mounts

    def create(self, uuid: str, config: Mapping[str, str]) -> None:
        devices = devices_of(config)
        self._groups.create(uuid, devices)
        stripes = ["-i", str(len(devices)), "-I", "2048"] if len(devices) > 1 else []
        group = self._groups.name(uuid)
        try:
            self._groups.lvm("lvcreate", "-W", "y", "--yes", "-n", uuid, "-l", "100%FREE", *stripes, group)
        except ProgramFailed as error:
            raise BackendFailure(_VOLUME_NOT_MADE, "The logical volume could not be made", str(error)) from error
        try:
            run(["mkfs.ext4", "-F", self._volume(uuid)])
        except ProgramFailed as error:
            raise BackendFailure(_MKFS_FAILED, "The file system could not be made", str(error)) from error
        self._groups.deactivate(uuid)

    def destroy(self, uuid: str, config: Mapping[str, str]) -> None:
        self._groups.remove(uuid, devices_of(config))

    def attach(self, uuid: str, config: Mapping[str, str]) -> None:
        del config
        mount = self._mounts / uuid
        if mount.is_mount():
            return
        self._groups.activate(uuid, uuid)
        mount.mkdir(parents=True, exist_ok=True)
        try:
            # Status 1: something was repaired, such as a journal after a power cut.
            run(["fsck", "-a", self._volume(uuid)], ok=(0, 1))
            run(["mount", self._volume(uuid), mount])
        except ProgramFailed as error:
            raise BackendFailure(_UNAVAILABLE, "The SR could not be mounted", str(error)) from error

    def detach(self, uuid: str) -> None:
        mount = self._mounts / uuid
        try:
            if mount.is_mount():
                run(["umount", mount])
        except ProgramFailed as error:
            raise BackendFailure(_IN_USE, "The SR is in use", str(error)) from error
        self._groups.deactivate(uuid)

    def sizes(self, uuid: str) -> Sizes:
        seen = os.statvfs(self._mounts / uuid)
        return Sizes(total=seen.f_blocks * seen.f_frsize, used=(seen.f_blocks - seen.f_bfree) * seen.f_frsize)

    def probe(self, config: Mapping[str, str]) -> Sequence[FoundSr]:
        return self._groups.probe(devices_of(config))

    def _volume(self, uuid: str) -> Path:
        return Path("/dev") / self._groups.name(uuid) / uuid

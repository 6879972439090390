"""The modules beside an add-on, as far as one asks them. What they answer is set by tests.

Interfaces and members as in Anaconda: modules/network/network_interface.py, modules/storage/*/*_interface.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dasbus.error import DBusError, ErrorMapper, get_error_decorator
from dasbus.server.interface import dbus_interface
from dasbus.typing import Bool, Dict, Int, List, Str, Structure, UInt64, get_variant

MODULES = "org.fedoraproject.Anaconda.Modules"
NETWORK = f"{MODULES}.Network"
STORAGE = f"{MODULES}.Storage"
PAYLOADS = f"{MODULES}.Payloads"

error_mapper = ErrorMapper()


@get_error_decorator(error_mapper)("UnknownDeviceError", namespace=tuple(STORAGE.split(".")))
class UnknownDeviceError(DBusError):
    """The storage model has no such device."""


@dataclass(kw_only=True)
class Nic:
    """A NIC that Anaconda knows; `uuid` is its NetworkManager connection for the installed system."""

    name: str
    mac: str
    uuid: str = ""
    active: bool = True


@dataclass(kw_only=True)
class Device:
    """A device of the storage model. `id` is its name up to EL 10's Anaconda, and blivet's device id in Fedora's."""

    id: str
    name: str
    type: str = "disk"
    size: int = 0
    free: int = 0
    serial: str = ""
    parents: Sequence[str] = ()
    children: Sequence[str] = ()
    format: str = ""
    mount_point: str = ""
    protected: bool = False


@dataclass(kw_only=True)
class Modules:
    """What the modules answer."""

    hostname: str = "localhost.localdomain"
    current_hostname: str = "localhost"
    nics: list[Nic] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    selected_disks: list[str] = field(default_factory=list)
    exclusive_disks: list[str] = field(default_factory=list)
    ignored_disks: list[str] = field(default_factory=list)
    protected_devices: list[str] = field(default_factory=list)
    boot_arguments: list[str] = field(default_factory=list)
    bootloader_mode: int = 1
    payload: str = "DNF"
    repositories: list[tuple[str, str]] | None = None
    applied_partitioning: str = f"/{STORAGE.replace('.', '/')}/Partitioning/1"

    def services(self) -> Mapping[str, Mapping[str, object]]:
        """What to publish: service to objects by path."""
        network, storage = (f"/{name.replace('.', '/')}" for name in (NETWORK, STORAGE))
        return {
            NETWORK: {network: Network(self)},
            STORAGE: {
                storage: Storage(self),
                f"{storage}/DiskSelection": DiskSelection(self),
                f"{storage}/Bootloader": Bootloader(self),
                f"{storage}/DeviceTree": DeviceTree(self),
            },
            **({} if self.repositories is None else {PAYLOADS: self._payloads()}),
        }

    def _payloads(self) -> Mapping[str, object]:
        payloads = f"/{PAYLOADS.replace('.', '/')}"
        return {payloads: Payloads(self), f"{payloads}/Payload": Payload(self)}


class _Fake:
    def __init__(self, modules: Modules) -> None:
        self._modules = modules


@dbus_interface(NETWORK)
class Network(_Fake):
    """The network module."""

    @property
    def Hostname(self) -> Str:
        return self._modules.hostname

    @Hostname.setter
    def Hostname(self, value: Str) -> None:
        self._modules.hostname = value

    @property
    def Connected(self) -> Bool:
        return any(nic.active for nic in self._modules.nics)

    def GetCurrentHostname(self) -> Str:
        return self._modules.current_hostname

    def GetActivatedInterfaces(self) -> List[Str]:
        return [nic.name for nic in self._modules.nics if nic.active]

    def GetSupportedDevices(self) -> List[Structure]:
        return [
            {
                "device-name": get_variant(Str, nic.name),
                "hw-address": get_variant(Str, nic.mac),
                "device-type": get_variant(Int, 1),
            }
            for nic in self._modules.nics
        ]

    def GetDeviceConfigurations(self) -> List[Structure]:
        return [
            {
                "device-name": get_variant(Str, nic.name),
                "connection-uuid": get_variant(Str, nic.uuid),
                "device-type": get_variant(Int, 1),
            }
            for nic in self._modules.nics
        ]


@dbus_interface(STORAGE)
class Storage(_Fake):
    """The storage module itself."""

    @property
    def AppliedPartitioning(self) -> Str:
        return self._modules.applied_partitioning


@dbus_interface(f"{STORAGE}.DiskSelection")
class DiskSelection(_Fake):
    """Which disks Anaconda may use."""

    @property
    def SelectedDisks(self) -> List[Str]:
        return self._modules.selected_disks

    @SelectedDisks.setter
    def SelectedDisks(self, value: List[Str]) -> None:
        self._modules.selected_disks = list(value)

    @property
    def ExclusiveDisks(self) -> List[Str]:
        return self._modules.exclusive_disks

    @ExclusiveDisks.setter
    def ExclusiveDisks(self, value: List[Str]) -> None:
        self._modules.exclusive_disks = list(value)

    @property
    def IgnoredDisks(self) -> List[Str]:
        return self._modules.ignored_disks

    @IgnoredDisks.setter
    def IgnoredDisks(self, value: List[Str]) -> None:
        self._modules.ignored_disks = list(value)

    @property
    def ProtectedDevices(self) -> List[Str]:
        return self._modules.protected_devices

    @ProtectedDevices.setter
    def ProtectedDevices(self, value: List[Str]) -> None:
        self._modules.protected_devices = list(value)

    def GetUsableDisks(self) -> List[Str]:
        return [device.id for device in self._modules.devices if device.type == "disk" and not device.protected]


@dbus_interface(f"{STORAGE}.Bootloader")
class Bootloader(_Fake):
    """The boot loader."""

    @property
    def ExtraArguments(self) -> List[Str]:
        return self._modules.boot_arguments

    @ExtraArguments.setter
    def ExtraArguments(self, value: List[Str]) -> None:
        self._modules.boot_arguments = list(value)

    @property
    def BootloaderMode(self) -> Int:
        return self._modules.bootloader_mode


@dbus_interface(f"{STORAGE}.DeviceTree.Viewer")
class DeviceTree(_Fake):
    """The storage model: what is, or what the applied partitioning will make."""

    def GetDevices(self) -> List[Str]:
        return [device.id for device in self._modules.devices]

    def GetDisks(self) -> List[Str]:
        return [device.id for device in self._modules.devices if device.type == "disk"]

    def GetMountPoints(self) -> Dict[Str, Str]:
        return {device.mount_point: device.id for device in self._modules.devices if device.mount_point}

    def GetDeviceData(self, device_id: Str) -> Structure:
        device = self._find(device_id)
        return {
            "device-id": get_variant(Str, device.id),
            "type": get_variant(Str, device.type),
            "name": get_variant(Str, device.name),
            "path": get_variant(Str, f"/dev/{device.name}"),
            "size": get_variant(UInt64, device.size),
            "is-disk": get_variant(Bool, device.type == "disk"),
            "protected": get_variant(Bool, device.protected),
            "removable": get_variant(Bool, False),
            "parents": get_variant(List[Str], list(device.parents)),
            "children": get_variant(List[Str], list(device.children)),
            "links": get_variant(List[Str], []),
            "attrs": get_variant(Dict[Str, Str], {"serial": device.serial} if device.serial else {}),
            "description": get_variant(Str, ""),
        }

    def GetFormatData(self, device_id: Str) -> Structure:
        device = self._find(device_id)
        mounted = {"mount-point": device.mount_point} if device.mount_point else {}
        return {
            "type": get_variant(Str, device.format),
            "mountable": get_variant(Bool, bool(device.mount_point)),
            "formattable": get_variant(Bool, bool(device.format)),
            "attrs": get_variant(Dict[Str, Str], mounted),
            "description": get_variant(Str, device.format),
        }

    def GetAncestors(self, device_ids: List[Str]) -> List[Str]:
        found: set[str] = set()
        waiting = [parent for device_id in device_ids for parent in self._find(device_id).parents]
        while waiting:
            parent = waiting.pop()
            found.add(parent)
            waiting += self._find(parent).parents
        return sorted(found)

    def GetDiskFreeSpace(self, disk_ids: List[Str]) -> UInt64:
        return sum(self._find(disk_id).free for disk_id in disk_ids)

    def GetDiskTotalSpace(self, disk_ids: List[Str]) -> UInt64:
        return sum(self._find(disk_id).size for disk_id in disk_ids)

    def _find(self, device_id: str) -> Device:
        found = [device for device in self._modules.devices if device.id == device_id]
        if not found:
            raise UnknownDeviceError(device_id)
        return found[0]


@dbus_interface(PAYLOADS)
class Payloads(_Fake):
    """The payloads module."""

    @property
    def ActivePayload(self) -> Str:
        return f"/{PAYLOADS.replace('.', '/')}/Payload"


@dbus_interface(f"{PAYLOADS}.Payload.DNF")
class Payload(_Fake):
    """What is installed. `repositories` are names and addresses; without any the module is not there."""

    @property
    def Type(self) -> Str:
        return self._modules.payload

    @property
    def Repositories(self) -> List[Structure]:
        return [
            {"name": get_variant(Str, name), "url": get_variant(Str, url)}
            for name, url in self._modules.repositories or []
        ]

"""The Machine: everything Zeus knows of a machine, as plain data that is saved on one machine and replayed on another.

A fact that could not be read is None and its name stands in `unread`, with the reason. Sizes are bytes.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class VirtualizationState(StrEnum):
    """Whether guests can have hardware virtualization."""

    ENABLED = "enabled"
    DISABLED_BY_FIRMWARE = "disabled-by-firmware"
    ABSENT = "absent"
    HIDDEN_BY_HYPERVISOR = "hidden-by-hypervisor"


class IommuState(StrEnum):
    """How far the IOMMU is there."""

    ACTIVE = "active"
    TABLES_PRESENT = "tables-present"
    OFF_ON_COMMAND_LINE = "off-on-command-line"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """The processor. `virtualization` is `vt-x`, `amd-v` or `none`; `second_level_paging` is EPT or NPT."""

    vendor: str | None
    model: str | None
    threads: int | None
    cores: int | None = None
    sockets: int | None = None
    virtualization: str | None = None
    virtualization_state: VirtualizationState | None = None
    second_level_paging: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Iommu:
    """The I/O memory management unit. `kind` is `vt-d`, `amd-vi` or `none`."""

    kind: str | None
    state: IommuState | None
    interrupt_remapping: bool | None = None
    groups: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """`type` is `uefi` or `bios`."""

    type: str | None
    secure_boot: bool | None = None
    vendor: str | None = None
    product: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Physical memory in bytes, as the kernel (or Xen, under Xen) has it."""

    bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Xen:
    """Whether this already is a Xen domain. `capabilities` is Xen's own list of what guests it can run."""

    running: bool
    dom0: bool = False
    version: str | None = None
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """The running kernel. `dom0_capable` is CONFIG_XEN_DOM0 in its `/boot/config-<release>`.

    `dom0_releases` are all installed kernels that can be dom0's.
    """

    release: str | None
    command_line: str = ""
    dom0_capable: bool | None = None
    dom0_releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One thing that is on a disk or a partition, or that holds it.

    `kind` is one of `mount`, `swap`, `lvm`, `md`, `luks`, `multipath`, `bcache`, `zfs`, `filesystem`, `signature`,
    `holder`; `name` is the mount point, the volume group, the array, the file system type, ...; `active`: in use now.
    """

    kind: str
    name: str
    active: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition. `start` and `size` are bytes; `type` is the GPT type GUID or the MBR type as `udev` writes it."""

    number: int
    path: str
    start: int
    size: int
    type: str | None = None
    label: str | None = None
    uuid: str | None = None
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A whole disk. `links` are its /dev/disk/by-id names, the most stable first; `table` is `gpt`, `dos` or None.

    `system`: the running system, its boot files or its swap lie on it; `install_medium`: we were booted from it;
    `claimed`: an installer that runs here was told to use it.
    `uses` are what lies on the bare disk; each partition has its own. `examined`: somebody looked for signatures on it
    (the udev database has it, or blkid was run); without that, no `uses` does not mean that nothing is there.
    """

    name: str
    path: str
    size: int
    model: str | None = None
    serial: str | None = None
    wwn: str | None = None
    links: tuple[str, ...] = ()
    logical_sector: int = 512
    physical_sector: int = 512
    rotational: bool | None = None
    removable: bool = False
    read_only: bool = False
    transport: str | None = None
    table: str | None = None
    partitions: tuple[Partition, ...] = ()
    uses: tuple[Use, ...] = ()
    system: bool = False
    install_medium: bool = False
    claimed: bool = False
    examined: bool = True

    @property
    def all_uses(self) -> tuple[Use, ...]:
        """What is on the disk, bare and on its partitions."""
        return (*self.uses, *(use for partition in self.partitions for use in partition.uses))

    @property
    def empty(self) -> bool:
        """Whether the disk is known to have nothing on it; a table without partitions is a signature too."""
        return self.examined and self.table is None and not self.partitions and not self.uses


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A physical network interface. `speed` is Mbit/s; `mac` is the permanent address where the kernel tells it.

    `kind` is `ethernet`, `wireless` or `infiniband` (only the first can be in a bridge); `bus` is the device's
    address there (`0000:02:00.0`); `addresses` have their prefix length.
    """

    name: str
    mac: str | None
    driver: str | None = None
    speed: int | None = None
    carrier: bool | None = None
    addresses: tuple[str, ...] = ()
    bus: str | None = None
    kind: str = "ethernet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """Where the boot loader's files are: the file system that holds /boot, by type, UUID and device.

    `stack` is what lies beneath it (`lvm`, `md`, `luks`, outermost first); `separate`: /boot is a file system of its
    own; `grubenv`: GRUB's environment block exists.
    """

    file_system: str | None = None
    uuid: str | None = None
    device: str | None = None
    stack: tuple[str, ...] = ()
    separate: bool | None = None
    grubenv: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Os:
    """/etc/os-release."""

    id: str | None
    version_id: str | None = None
    name: str | None = None
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A fact that could not be read, and why."""

    fact: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine as `zeus probe` saw it."""

    version: int = 1
    cpu: Cpu
    iommu: Iommu
    firmware: Firmware
    memory: Memory
    xen: Xen
    kernel: Kernel
    boot: Boot = field(default_factory=Boot)
    disks: tuple[Disk, ...] = ()
    nics: tuple[Nic, ...] = ()
    os: Os
    hostname: str | None = None
    unread: tuple[Unread, ...] = ()

"""The Answers, version 1: plain data, a default for every key. What the keys mean to a reader stands in `schema`."""

from dataclasses import dataclass, field
from typing import Final, Literal

from zeus_installer.system.secrets import Secret

# Where in an installation a hook runs. XCP-ng's and XenServer's installers have the same names.
Stage = Literal["installation-start", "packages-installed", "filesystem-populated", "installation-complete"]

# The types of storage repositories that lie on disks of the machine.
LOCAL_TYPES: Final = frozenset({"ext", "lvm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Identity and access; None leaves the machine as it is."""

    hostname: str | None = None
    root_password_hash: Secret | None = None
    ssh_keys: tuple[str, ...] = ()
    timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskMatch:
    """Conditions on a disk, all of which must hold. `size` is a comparison with a unit (`>=200G`)."""

    size: str | None = None
    model: str | None = None
    rotational: bool | None = None
    transport: str | None = None
    empty: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRule:
    """One entry of `storage.disks`: exactly one of `serial`, `wwn`, `path`, `match`; `count` belongs to `match`."""

    serial: str | None = None
    wwn: str | None = None
    path: str | None = None
    match: DiskMatch | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The local storage repository. No `disks` means: exactly one empty, unused disk that is not the system's."""

    sr_type: Literal["ext", "lvm", "nfs", "none"] = "ext"
    disks: tuple[DiskRule, ...] = ()
    space: Literal["whole-disk", "free-space"] = "whole-disk"
    raid: Literal["none", "raid1", "raid10"] = "none"
    wipe: Literal["only-if-empty", "listed-disks"] = "only-if-empty"

    @property
    def is_local(self) -> bool:
        """Whether it lies on disks of this machine."""
        return self.sr_type in LOCAL_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class NicMatch:
    """Conditions on a NIC, all of which must hold."""

    link: bool | None = None
    driver: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """A bond of NICs (MAC addresses); the first member is the primary one."""

    mode: Literal["active-backup", "balance-slb", "lacp"] = "active-backup"
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NicRule:
    """The management NIC: exactly one of `mac`, `match`, `bond`."""

    mac: str | None = None
    match: NicMatch | None = None
    count: int = 1
    bond: Bond | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A static address with its prefix length (`192.0.2.10/24`)."""

    address: str
    gateway: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Management:
    """The management network. No `nic` means: the only one that has a link."""

    nic: NicRule | None = None
    ipv4: Literal["dhcp", "none"] | Static = "dhcp"
    ipv6: Literal["auto", "dhcp", "none"] | Static = "none"
    vlan: int | None = None
    dns: tuple[str, ...] = ()
    ntp: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`backend` is what xcp-networkd builds bridges with."""

    backend: Literal["openvswitch", "bridge"] = "openvswitch"
    management: Management = field(default_factory=Management)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repo:
    """A package repository. Without `gpgkey` it is unsigned and needs `packages.allow_unsigned`."""

    id: str
    baseurl: str
    gpgkey: str | None = None
    priority: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Where the package set comes from. Repositories have no default: without one the answers are refused."""

    source: str = "xapi"
    repos: tuple[Repo, ...] = ()
    groups: tuple[str, ...] = ()
    offline: str | None = None
    allow_unsigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """dom0's resources (MiB; `auto` is the appliance's formula) and whether the first boot is a trial.

    `deadline` is how many seconds dom0 has, from its start, until the host is verified; then plain Linux comes back.
    """

    dom0_memory: Literal["auto"] | int = "auto"
    dom0_vcpus: Literal["auto"] | int = "auto"
    trial: bool = True
    deadline: int = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Findings that the operator accepts although they would refuse the installation."""

    accept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The server that is told how the installation goes. `url` may hold a password or a token.

    With a `fingerprint` (SHA-256, hex) it must show exactly the certificate that has it.
    """

    url: Secret
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A program of the operator's: where it runs, where it comes from, and the SHA-256 (hex) that it must have."""

    stage: Stage
    url: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everything that the operator wants."""

    version: Literal[1] = 1
    host: Host = field(default_factory=Host)
    storage: Storage = field(default_factory=Storage)
    network: Network = field(default_factory=Network)
    packages: Packages = field(default_factory=Packages)
    boot: Boot = field(default_factory=Boot)
    checks: Checks = field(default_factory=Checks)
    report: Report | None = None
    hooks: tuple[Hook, ...] = ()

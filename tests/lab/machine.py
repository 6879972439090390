"""A virtual machine as data, and the QEMU arguments that it means. Starting one is vm.py's work."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

OVMF_CODE = (Path("/usr/share/OVMF/OVMF_CODE_4M.fd"), Path("/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2"))
OVMF_VARIABLES = (Path("/usr/share/OVMF/OVMF_VARS_4M.fd"), Path("/usr/share/edk2/ovmf/OVMF_VARS_4M.qcow2"))

# What the guest finds on QEMU's user network.
GUEST_ADDRESS = "10.0.2.15"
HOST_ADDRESS = "10.0.2.2"
NAMESERVER = "10.0.2.3"
NETWORK = "10.0.2.0/24"
MIRROR_ADDRESS = "10.0.2.100"

# A medium's name for QEMU, by which it is pulled out.
STICK = "stick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A disk; `sector` is the logical and physical sector size in bytes."""

    path: Path
    serial: str
    format: Literal["qcow2", "raw"] = "qcow2"
    bus: Literal["virtio", "nvme"] = "virtio"
    sector: int = 512
    wwn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A network card on QEMU's user network, whose DHCP server always gives GUEST_ADDRESS.

    `forwards` maps a port of the guest to the host's loopback port that leads to it; `mirror` is the loopback port of
    what the guest finds at MIRROR_ADDRESS, port 80. `connected=False` is a card without a cable. With `tap`, a tap of
    the machine's namespace, the card is there instead. The firmware boots one with `boot` when no disk boots.
    """

    mac: str = "52:54:00:12:34:56"
    model: str = "virtio-net-pci"
    forwards: Mapping[int, int] = field(default_factory=dict)
    guest_address: str = GUEST_ADDRESS
    connected: bool = True
    mirror: int | None = None
    tap: str | None = None
    boot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """An ISO, as a CD or as a USB disk. The firmware boots it when no disk of the machine boots.

    But a BIOS tries one hard disk only, and a USB disk is one to it: there it comes first, as an operator chooses it in
    the firmware's menu, until somebody pulls it out.
    """

    path: Path
    kind: Literal["cd", "usb"] = "cd"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectKernel:
    """A kernel that QEMU loads itself, without firmware menus or a boot loader."""

    kernel: Path
    initrd: Path
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that can be started again and again; all that changes is in its disks and `variables`.

    `memory` is in MiB. `-cpu max` is an AMD processor with SVM and nested paging; without RDTSCP, whose intercept
    QEMU's emulation gets wrong. `variables` is the UEFI variable store, made on first use. `consoles` counts the serial
    ports that somebody sits at: ttyS0, ttyS1. `serial` is what the firmware says, `namespace` the network namespace
    that QEMU runs in, `uefi_boot` how UEFI firmware boots from a network.
    """

    cpus: int = 2
    memory: int = 3072
    cpu: str = "max,-rdtscp"
    firmware: Literal["bios", "uefi"] = "bios"
    variables: Path | None = None
    disks: Sequence[Disk] = ()
    nics: Sequence[Nic] = ()
    devices: Sequence[str] = ()
    medium: Medium | None = None
    direct: DirectKernel | None = None
    consoles: int = 1
    qemu: str = "qemu-system-x86_64"
    serial: str | None = None
    namespace: str | None = None
    uefi_boot: Literal["pxe", "http"] = "pxe"

    def arguments(self, accelerator: str) -> list[str]:
        """QEMU's command line, without consoles and control sockets."""
        return [
            *(("ip", "netns", "exec", self.namespace) if self.namespace else ()),
            *(self.qemu, "-nodefaults", "-machine", "q35,sata=off", "-accel", accelerator, "-cpu", self.cpu),
            *("-smp", str(self.cpus), "-m", str(self.memory), "-display", "none", "-device", "virtio-rng-pci"),
            *self._firmware_arguments(),
            *(argument for number, disk in enumerate(self.disks) for argument in disk_arguments(disk, number)),
            *(medium_arguments(self.medium, self._medium_order) if self.medium else ()),
            *(argument for number, nic in enumerate(self.nics) for argument in self._nic_arguments(nic, number)),
            *(argument for device in self.devices for argument in ("-device", device)),
            *self._direct_arguments(),
        ]

    @property
    def _medium_order(self) -> int:
        stick_of_bios = self.firmware == "bios" and self.medium is not None and self.medium.kind == "usb"
        return 0 if stick_of_bios else len(self.disks) + 1

    def _firmware_arguments(self) -> Iterator[str]:
        if self.firmware == "uefi":
            if self.variables is None:
                raise ValueError("a UEFI machine needs a file for its variables")
            code = first_existing(OVMF_CODE)
            yield from ("-drive", f"if=pflash,format={image_format(code)},readonly=on,file={code}")
            yield from ("-drive", f"if=pflash,format={image_format(self.variables)},file={self.variables}")
            if self.uefi_boot == "http":
                for version in ("4", "6"):
                    yield from ("-fw_cfg", f"name=opt/org.tianocore/IPv{version}PXESupport,string=n")
        if self.serial:
            yield from ("-smbios", f"type=1,serial={self.serial}")

    def _nic_arguments(self, nic: Nic, number: int) -> Iterator[str]:
        """A network card's arguments. UEFI firmware has a driver of its own; BIOS boots with the card's ROM."""
        yield from (
            "-netdev",
            f"tap,id=net{number},ifname={nic.tap},script=no,downscript=no" if nic.tap else user_network(nic, number),
        )
        order = f",bootindex={len(self.disks) + 2 + number}" if nic.boot else ""
        rom = "" if nic.boot and self.firmware == "bios" else ",romfile="
        yield from ("-device", f"{nic.model},netdev=net{number},mac={nic.mac}{rom}{order},id=nic{number}")

    def _direct_arguments(self) -> Iterator[str]:
        if self.direct:
            yield from ("-kernel", str(self.direct.kernel), "-initrd", str(self.direct.initrd))
            yield from ("-append", self.direct.arguments)


def disk_arguments(disk: Disk, number: int) -> Iterator[str]:
    """A disk's arguments. Nothing in the lab outlives a crash of the host, so no write is flushed."""
    name = f"disk{number}"
    yield from ("-drive", f"if=none,id={name},file={disk.path},format={disk.format},cache=unsafe,discard=unmap")
    sectors = f"logical_block_size={disk.sector},physical_block_size={disk.sector}"
    model = "virtio-blk-pci" if disk.bus == "virtio" else "nvme"
    wwn = f",wwn={disk.wwn:#x}" if disk.wwn else ""
    yield from ("-device", f"{model},drive={name},serial={disk.serial},bootindex={number + 1},{sectors}{wwn}")


def medium_arguments(medium: Medium, order: int) -> Iterator[str]:
    """A medium's arguments; `order` is its place in the firmware's."""
    yield from ("-drive", f"if=none,id=medium,file={medium.path},format=raw,readonly=on")
    if medium.kind == "cd":
        yield from ("-device", "virtio-scsi-pci", "-device", f"scsi-cd,drive=medium,bootindex={order}")
    else:
        yield from ("-device", "qemu-xhci", "-device", f"usb-storage,id={STICK},drive=medium,bootindex={order}")


def user_network(nic: Nic, number: int) -> str:
    """QEMU's own network behind a card."""
    forwards = "".join(f",hostfwd=tcp:127.0.0.1:{host}-:{guest}" for guest, host in nic.forwards.items())
    if nic.mirror:
        forwards += f",guestfwd=tcp:{MIRROR_ADDRESS}:80-cmd:busybox nc 127.0.0.1 {nic.mirror}"
    return f"user,id=net{number},dhcpstart={nic.guest_address}{forwards}"


def first_existing(candidates: Sequence[Path]) -> Path:
    """The first of the paths that exists."""
    for path in candidates:
        if path.exists():
            return path
    raise FileNotFoundError(f"none of {', '.join(map(str, candidates))}")


def image_format(path: Path) -> str:
    """raw or qcow2, by the file's magic number."""
    with path.open("rb") as stream:
        return "qcow2" if stream.read(4) == b"QFI\xfb" else "raw"


def free_port() -> int:
    """A TCP port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""The lab kernel's modules: which are kept, and in which order they load."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.lab.tools import run, words

# All that lab machines have hardware or a use for; modprobe's own dependencies come along.
KEPT: Final = words(
    # devices
    "virtio_blk virtio_net virtio_scsi virtio_console virtio_rng virtio_pci 9p 9pnet_virtio nvme ahci sd_mod sr_mod "
    "usb_storage xhci_pci e1000 e1000e simpledrm efivarfs efi_pstore button evdev i6300esb iTCO_wdt xen_wdt rtc_cmos "
    "msr cpuid qemu_fw_cfg "
    # file systems
    "ext4 xfs btrfs vfat nls_cp437 nls_ascii nls_iso8859_1 nls_utf8 isofs squashfs overlay loop nfs nfsv3 nfsv4 "
    "autofs4 configfs fuse "
    # device mapper and raid
    "dm_mod dm_mirror dm_snapshot dm_thin_pool dm_crypt dm_multipath dm_raid dm_zero dm_bufio raid0 raid1 raid10 "
    "raid456 md_mod linear crc32c_generic crc32c_intel libcrc32c sha256_generic aes_generic xts cbc nbd "
    # network
    "bridge stp llc bonding 8021q macvlan tun veth openvswitch vxlan dummy nf_tables nf_conntrack nf_nat nft_ct "
    "nft_chain_nat nft_masq nfnetlink nf_reject_ipv4 nf_reject_ipv6 nft_reject nft_reject_inet ip_tables "
    "iptable_filter ip6_tables xt_conntrack xt_tcpudp br_netfilter iscsi_tcp libiscsi "
    # dom0
    "xen_blkback xen_netback xen_gntdev xen_gntalloc xen_evtchn xen_privcmd xenfs xen_pciback xen_acpi_processor"
)


@dataclass(frozen=True, slots=True)
class Modules:
    """A kernel's modules.dep: module name to file, and file to the files it needs (paths below `directory`)."""

    directory: Path
    files: Mapping[str, str]
    needs: Mapping[str, Sequence[str]]

    def ordered(self, names: Sequence[str]) -> list[str]:
        """The files of the modules and of all that they need, in loading order; what is built in is left out."""
        order: dict[str, None] = {}
        for name in names:
            if file := self.files.get(name):
                order |= dict.fromkeys([*reversed(self.needs[file]), file])
        return list(order)


def kernel_version(tree: Path) -> str:
    """The version of the tree's only kernel."""
    [directory] = (tree / "usr/lib/modules").iterdir()
    return directory.name


def read_modules(tree: Path) -> Modules:
    """Read modules.dep, made anew."""
    version = kernel_version(tree)
    run(["depmod", "-b", tree, version])
    directory = tree / "usr/lib/modules" / version
    rows = [line.split(":", 1) for line in (directory / "modules.dep").read_text().splitlines()]
    needs = {file: rest.split() for file, rest in rows}
    return Modules(directory, {module_name(file): file for file in needs}, needs)


def module_name(file: str) -> str:
    """kernel/fs/ext4/ext4.ko.xz → ext4."""
    return Path(file).name.split(".ko")[0].replace("-", "_")


def keep_modules(tree: Path) -> None:
    """Remove every module but KEPT."""
    modules = read_modules(tree)
    kept = set(modules.ordered([*KEPT, *soft_dependencies(modules)]))
    for file in modules.needs.keys() - kept:
        (modules.directory / file).unlink()
    read_modules(tree)


def soft_dependencies(modules: Modules) -> Iterator[str]:
    """What the kept modules want loaded with them (`softdep` lines)."""
    for line in (modules.directory / "modules.softdep").read_text().splitlines():
        words = line.replace("-", "_").split()
        if words and words[0] == "softdep" and words[1] in KEPT:
            yield from (word for word in words[2:] if word not in ("pre:", "post:"))

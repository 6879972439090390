"""Debian's files under Fedora's package names and paths: which file goes into which RPM, as data.

The RPMs are real; what is not Fedora's is said in docs/proof.md. repositories.py builds them.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.lab.additions import RELATIONS, Relations, additions, without_wrappers
from tests.lab.debs import Debs, merged, read_debs
from tests.lab.kernel import kernel_version
from tests.lab.roots import BASE, EXTRA, PYTHON, XEN
from tests.lab.rpms import Directory, Entry, File, Link, Rpm
from tests.lab.tools import words

BASE_PACKAGE: Final = "lab-base"
SETUP_PACKAGE: Final = "setup"

# Debian package → RPM; base packages not named here make up lab-base.
NAMES: Final[Mapping[str, str]] = {
    "grub-common": "grub2-tools",
    "grub2-common": "grub2-tools",
    "grub-pc-bin": "grub2-pc-modules",
    "grub-efi-amd64-bin": "grub2-efi-x64-modules",
    "network-manager": "NetworkManager",
    "lvm2": "lvm2",
    "dmeventd": "lvm2",
    "liblvm2cmd2.03": "lvm2",
    "mdadm": "mdadm",
    "cryptsetup-bin": "cryptsetup",
    "multipath-tools": "device-mapper-multipath",
    "e2fsprogs": "e2fsprogs",
    "xfsprogs": "xfsprogs",
    "dosfstools": "dosfstools",
    "parted": "parted",
    "python3-parted": "python3-pyparted",
    "python3-typing-extensions": "python3-typing-extensions",
    "python3-urllib3": "python3-urllib3",
    "python3-urwid": "python3-urwid",
    "python3-wcwidth": "python3-wcwidth",
    "efibootmgr": "efibootmgr",
    "ethtool": "ethtool",
    "debianutils": "lab-base",
    "dnf": "dnf",
    "python3-dnf": "python3-dnf",
    "openvswitch-switch": "openvswitch",
    "openvswitch-common": "openvswitch",
    "stunnel4": "stunnel",
    "isc-dhcp-client": "dhcp-client",
    "bridge-utils": "bridge-utils",
    "chrony": "chrony",
    "xen-hypervisor-4.20-amd64": "xen-hypervisor",
    "libxenmisc4.20": "xen-dom0-libs",
    "xen-utils-4.20": "xen-tools",
    "xen-utils-common": "xen-tools",
    "xenstore-utils": "xen-tools",
}
# Libraries that only these need go along with them.
OTHERS: Final[Mapping[str, str]] = {
    "openvswitch-switch": "openvswitch",
    "stunnel4": "stunnel",
    "isc-dhcp-client": "dhcp-client",
    "chrony": "chrony",
    "xen-utils-4.20": "xen-libs",
    "xenstore-utils": "xen-libs",
    "xen-utils-common": "xen-libs",
}
VENDOR: Final = ("xen-hypervisor", "xen-libs", "xen-dom0-libs", "xen-tools", "xen-dom0-tools")
NOT_INSTALLED: Final = ("openvswitch", "stunnel", "dhcp-client", "bridge-utils", "chrony")

DROPPED: Final = frozenset(
    words(
        "apt libapt-pkg7.0 initramfs-tools initramfs-tools-bin initramfs-tools-core dracut-install klibc-utils "
        "libklibc linux-base linux-image-amd64 libperl5.40 perl perl-base perl-modules-5.40 libtext-charwidth-perl "
        "libtext-wrapi18n-perl ucf sensible-utils"
    )
)
SKIPPED: Final = words(
    "/dev/ /proc/ /sys/ /run/ /tmp/ /var/lib/dpkg /var/lib/apt /var/cache/ /var/log/ /etc/apt /etc/machine-id "
    "/etc/hostname /etc/resolv.conf /etc/init.d /etc/rc /etc/systemd/system/ /etc/initramfs-tools /etc/cron "
    "/etc/kernel/post /etc/kernel/pre /etc/kernel/install.d /boot/ /usr/share/initramfs-tools /usr/share/bug "
    "/usr/share/lintian /etc/grub.d/05_debian_theme /etc/grub.d/25_bli /etc/grub.d/30_os-prober "
    "/usr/lib/systemd/system/xen.service /usr/lib/systemd/system/xendomains.service "
    "/usr/lib/systemd/system/openvswitch-switch.service /usr/lib/xen-common /vmlinuz /initrd "
    "/etc/update-motd.d /etc/motd"
)
MOVED: Final = {
    "/usr/lib/xen-4.20/bin/oxenstored": "xen-dom0-tools",
    "/usr/lib/xen-4.20/bin/xenstored": "xen-dom0-tools",
    "/usr/lib/xen-4.20/bin/xenconsoled": "xen-dom0-tools",
    "/usr/lib/xen-4.20/bin/xen-init-dom0": "xen-dom0-tools",
    "/etc/passwd": SETUP_PACKAGE,
    "/etc/group": SETUP_PACKAGE,
    "/etc/shadow": SETUP_PACKAGE,
    "/etc/gshadow": SETUP_PACKAGE,
}
WHEELS: Final = {"blivet": "python3-blivet", "XenAPI": "python3-XenAPI", "xenapi": "python3-XenAPI"}


# Fedora's kernel-core has these as %ghost: depmod writes them anew on each machine.
MADE_BY_DEPMOD: Final = words(
    "modules.alias modules.alias.bin modules.builtin.alias.bin modules.builtin.bin modules.dep modules.dep.bin "
    "modules.devname modules.softdep modules.symbols modules.symbols.bin modules.weakdep"
)


@dataclass(frozen=True, slots=True)
class Sorter:
    """Says which RPM a path of the Debian tree belongs to."""

    debs: Debs
    owner_rpm: Mapping[str, str]
    version: str

    def rpm(self, path: str) -> str | None:
        """The RPM's name, or None for what is left out."""
        if path in MOVED:
            return MOVED[path]
        parts = path.split("/")
        if path.startswith("/usr/lib/python3/dist-packages/") and (name := python_package(parts[5])):
            return name
        if path.startswith(f"/usr/lib/modules/{self.version}"):
            return None if parts[-1] in MADE_BY_DEPMOD else "kernel-core"
        if path.startswith(SKIPPED):
            return None
        deb = self.debs.owners.get(path) or self.debs.owners.get(source_of(path))
        if deb in DROPPED:
            return None
        return self.owner_rpm.get(deb, BASE_PACKAGE) if deb else BASE_PACKAGE


def python_package(top: str) -> str | None:
    """The RPM of a top name in dist-packages that came from PyPI."""
    return next((rpm for name, rpm in WHEELS.items() if top == name or top.startswith((f"{name}-", f"{name}."))), None)


def source_of(path: str) -> str:
    """x/__pycache__/y.cpython-313.pyc → x/y.py."""
    return path.replace("/__pycache__/", "/").split(".cpython-")[0] + ".py" if "/__pycache__/" in path else path


def make_sorter(tree: Path) -> Sorter:
    """Read the tree's package database and lay out the names."""
    debs = read_debs(tree)
    base = debs.closure(BASE.split())
    owner_rpm = dict.fromkeys(base, BASE_PACKAGE)
    for deb in f"{EXTRA} {XEN}".split():
        for name in sorted(debs.closure([deb])):
            owner_rpm.setdefault(name, OTHERS.get(deb, BASE_PACKAGE))
    version = kernel_version(tree)
    return Sorter(debs, {**owner_rpm, **NAMES, f"linux-image-{version}": "kernel-core"}, version)


def packages(tree: Path, boot: Path) -> list[Rpm]:
    """All RPMs that the Debian tree makes: the distribution's and the vendor's Xen. `boot`: see bootfiles.py."""
    sorter = make_sorter(tree)
    files: dict[str, dict[str, Entry]] = {}
    for path, entry in entries(tree):
        if name := sorter.rpm(path):
            files.setdefault(name, {})[path] = entry
    for name, extra in additions(tree, sorter.version, boot).items():
        files.setdefault(name, {}).update(extra)
    files["xen-tools"] = without_wrappers(files["xen-tools"])
    return [make_rpm(name, content, sorter) for name, content in sorted(files.items())]


def entries(tree: Path) -> Iterator[tuple[str, Entry]]:
    """Every path of the tree (without what other systems mount there) and what is there."""
    users, groups = names_by_id(tree / "etc/passwd"), names_by_id(tree / "etc/group")
    for directory, subdirectories, names in os.walk(tree):
        for name in sorted([*subdirectories, *names]):
            file = Path(directory) / name
            status = file.lstat()
            owner, group = users.get(status.st_uid, "root"), groups.get(status.st_gid, "root")
            mode = stat.S_IMODE(status.st_mode)
            path = merged(f"/{file.relative_to(tree)}")
            if stat.S_ISLNK(status.st_mode):
                yield path, Link(str(file.readlink()))
            elif stat.S_ISDIR(status.st_mode):
                yield path, Directory(mode=mode, owner=owner, group=group)
            elif stat.S_ISREG(status.st_mode):
                config = path.startswith("/etc/")
                yield path, File(source=file, mode=mode, owner=owner, group=group, config=config)


def names_by_id(database: Path) -> dict[int, str]:
    """passwd's or group's ids and names."""
    rows = [line.split(":") for line in database.read_text().splitlines()]
    return {int(row[2]): row[0] for row in rows}


def make_rpm(name: str, files: Mapping[str, Entry], sorter: Sorter) -> Rpm:
    """The RPM of these files, with its relations and scripts."""
    version = version_of(name, sorter)
    relations = RELATIONS.get(name, Relations())
    values = {"version": version, "kernel": sorter.version}
    ground = () if name in (SETUP_PACKAGE, BASE_PACKAGE) else (BASE_PACKAGE,)
    return Rpm(
        name=name,
        version=version,
        arch="x86_64",
        files=files,
        requires=[*ground, *relations.requires],
        provides=[text.format(**values) for text in relations.provides],
        scripts={when: text.format(**values) for when, text in relations.scripts.items()},
    )


def version_of(name: str, sorter: Sorter) -> str:
    """The version of the Debian package that the RPM is mainly made of; 44 for what is Fedora's own."""
    if name in VENDOR:
        return sorter.debs.version("xen-utils-4.20")
    if name == "kernel-core":
        return sorter.debs.version(f"linux-image-{sorter.version}")
    if wheel := next((item for item in PYTHON if f"python3-{item.split('==')[0]}" == name), None):
        return wheel.split("==")[1]
    deb = next((deb for deb, rpm in NAMES.items() if rpm == name), None)
    return sorter.debs.version(deb) if deb else "44"

"""The Debian tree that everything in the lab is made of: one mmdebstrap of all packages, plus what PyPI has.

The lab's machines cannot be made of Fedora's own packages on a machine that reaches no Fedora mirror, so Debian's files
are given Fedora's names: that is fedora.py's work. This module only brings the files.
"""

import functools
import os
import shutil
import sys
import urllib.error
from pathlib import Path
from typing import Final

from tests.lab.cache import cache_root, part, recipe
from tests.lab.kernel import keep_modules
from tests.lab.mirror import Mirror, machine_mirror
from tests.lab.tools import run

BASE: Final = (
    # a systemd machine
    "systemd-sysv udev dbus kmod login passwd util-linux procps iproute2 iputils-ping ethtool pciutils zstd curl "
    "ca-certificates network-manager gpgv "
    # kernel and boot
    "linux-image-amd64 grub-pc-bin grub-efi-amd64-bin grub2-common efibootmgr busybox-static "
    # disks
    "e2fsprogs xfsprogs dosfstools fdisk gdisk parted lvm2 mdadm cryptsetup-bin psmisc "
    # packages
    "rpm dnf python3-dnf "
    # what an installer in Python imports
    "python3 python3-parted python3-gi python3-blockdev python3-bytesize python3-pyudev python3-selinux python3-dasbus "
    "python3-packaging python3-urllib3 python3-urwid gir1.2-blockdev-3.0 libblockdev-btrfs3 libblockdev-crypto3 "
    "libblockdev-dm3 libblockdev-fs3 libblockdev-loop3 libblockdev-lvm3 libblockdev-mdraid3 libblockdev-mpath3 "
    "libblockdev-part3 libblockdev-swap3"
)
EXTRA: Final = "openvswitch-switch stunnel4 isc-dhcp-client bridge-utils chrony"
XEN: Final = "xen-hypervisor-4.20-amd64 xen-utils-4.20 xen-utils-common xenstore-utils"
PYTHON: Final = ("blivet==3.14.2", "XenAPI==26.21.1")

LEFT_OUT: Final = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*")


def debian_tree() -> Path:
    """The tree, cached until the recipe or the archive changes."""
    return part("debian", debian_key(), make_debian_tree) / "tree"


def debian_key() -> list[str]:
    """What the tree depends on."""
    return [recipe("roots.py", "kernel.py"), archive_date()]


@functools.cache
def archive_date() -> str:
    """The archive's date; when it cannot be reached, the one seen last."""
    seen = cache_root() / "archive-date"
    try:
        seen.write_text(machine_mirror().date())
    except urllib.error.URLError:
        if not seen.exists():
            raise
    return seen.read_text()


def make_debian_tree(directory: Path) -> None:
    """Bootstrap, add the Python packages, drop the kernel modules that no lab machine has hardware for."""
    tree = directory / "tree"
    bootstrap(tree, machine_mirror())
    add_python_packages(tree)
    keep_modules(tree)


def bootstrap(tree: Path, mirror: Mirror) -> None:
    """mmdebstrap; no Debian initramfs is made, since the lab has its own."""
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--dpkgopt=force-unsafe-io"]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command += ["--include", ",".join(f"{BASE} {EXTRA} {XEN}".split()), "trixie", str(tree), "-"]
    run(command, stdin=mirror.sources(), environment=os.environ | {"INITRD": "No"})


def add_python_packages(tree: Path) -> None:
    """Unpack the wheels and compile them with the tree's own Python."""
    target = tree / "usr/lib/python3/dist-packages"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-compile",
        "--disable-pip-version-check",
    ]
    pip += ["--root-user-action=ignore", "--python-version=3.13", "--only-binary=:all:", "--upgrade"]
    run([*pip, "--target", target, *PYTHON])
    shutil.rmtree(target / "bin", ignore_errors=True)
    run(["chroot", tree, "/usr/bin/python3", "-m", "compileall", "-q", "/usr/lib/python3/dist-packages"])

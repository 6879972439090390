"""Install what the lab needs: `python3 tests/lab/install_deps.py`. Runs before there is a venv: standard library only.

Debian 12 (as root, apt): QEMU comes from the backports suite of the machine's own mirror, since Debian 12's own 7.2
crashes dom0 kernels of the 6.12 line under TCG. Fedora (dnf): the list is written from Fedora's package names and has
not been run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BACKPORTS = "bookworm-backports"
BACKPORTS_LIST = Path("/etc/apt/sources.list.d/zeus-lab-backports.list")


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


DEBIAN = words(
    "busybox-static cpio createrepo-c curl dnf dosfstools e2fsprogs fdisk gnupg grub-common grub-efi-amd64-bin "
    "grub-pc-bin grub2-common iproute2 lvm2 mmdebstrap mtools openssl ovmf parted procps python3-dnf python3-rpm "
    "python3-urllib3 python3-venv rpm strace udev util-linux xfsprogs zstd "
    # What the storage tests put on disks, and blivet with all that it loads.
    "bcache-tools btrfs-progs cryptsetup-bin gir1.2-blockdev-2.0 libblockdev-btrfs2 libblockdev-crypto2 "
    "libblockdev-dm2 libblockdev-fs2 libblockdev-loop2 libblockdev-lvm2 libblockdev-mdraid2 libblockdev-mpath2 "
    "libblockdev-part2 libblockdev-swap2 mdadm multipath-tools python3-blockdev python3-bytesize python3-gi "
    "python3-parted "
    # What judges passwords, and what serves addresses and names.
    "libpwquality1 dnsmasq-base "
    # What Anaconda's modules talk over.
    "dbus-daemon "
    # What media are made of, and what machines boot from over a network.
    "isolinux isomd5sum squashfs-tools syslinux-common xorriso ipxe-qemu nginx-light"
)
# A package of a server that must not start it: masked before the package comes.
MASKED = {"nginx-light": Path("/etc/systemd/system/nginx.service")}
DEBIAN_BACKPORTS = words("qemu-system-x86 qemu-utils seabios")
FEDORA = words(
    "busybox cpio createrepo_c curl debian-keyring dnf dosfstools e2fsprogs edk2-ovmf gnupg2 grub2-efi-x64-modules "
    "grub2-pc-modules grub2-tools grub2-tools-extra lvm2 mmdebstrap mtools parted python3 qemu-img "
    "qemu-system-x86-core rpm-build rpm-sign seabios-bin strace util-linux xfsprogs zstd "
    "bcache-tools btrfs-progs cryptsetup dbus-daemon dnsmasq libpwquality mdadm python3-blivet python3-gobject-base "
    "python3-pyparted python3-urllib3 isomd5sum squashfs-tools syslinux xorriso ipxe-roms-qemu nginx"
)


def main() -> int:
    """Install what is missing; says in one line what was done."""
    family = os_release()
    if family.get("ID") == "debian" and family.get("VERSION_ID") == "12":
        missing = missing_debian()
        install = install_debian
    elif family.get("ID") == "fedora":
        missing = [name for name in FEDORA if not rpm_installed(name)]
        install = install_fedora
    else:
        print("error: the lab can be installed on Debian 12 and Fedora only", file=sys.stderr)
        return 1
    if not missing:
        print("lab tools: all present")
        return 0
    if os.geteuid() != 0:
        print(f"error: missing: {' '.join(missing)}\nhint: run this once as root", file=sys.stderr)
        return 1
    install(missing)
    print(f"lab tools: installed {' '.join(missing)}")
    return 0


def os_release() -> dict[str, str]:
    """The machine's /etc/os-release."""
    lines = Path("/etc/os-release").read_text().splitlines()
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


def missing_debian() -> list[str]:
    """The packages to install; QEMU counts as missing while it is older than 10."""
    listed = run_quietly("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package} ${Version}\n")
    rows = [line.split() for line in listed.splitlines()]
    versions = {row[1]: row[2] for row in rows if row[0] == "ii"}
    missing = [name for name in DEBIAN if name not in versions]
    missing += [name for name in DEBIAN_BACKPORTS if "~bpo12" not in versions.get(name, "")]
    return missing


def install_debian(missing: list[str]) -> None:
    """apt-get install, with the backports suite added when something comes from there."""
    if not BACKPORTS_LIST.exists():
        BACKPORTS_LIST.write_text(f"deb {debian_archive()} {BACKPORTS} main\n")
    apt("update", "-q")
    ordinary = [name for name in missing if name in DEBIAN]
    mask(ordinary)
    if ordinary:
        apt("install", "-q", "-y", "--no-install-recommends", *ordinary)
    backports = [name for name in missing if name in DEBIAN_BACKPORTS]
    if backports:
        apt("install", "-q", "-y", "--no-install-recommends", "-t", BACKPORTS, *backports)


def mask(names: list[str]) -> None:
    """Keep the servers among the packages from being started; one that was there before is not touched."""
    for name in names:
        unit = MASKED.get(name)
        if unit and not unit.exists() and not unit.is_symlink():
            unit.parent.mkdir(parents=True, exist_ok=True)
            unit.symlink_to("/dev/null")


def debian_archive() -> str:
    """The base URL of the Debian archive that this machine's apt already uses."""
    targets = run_quietly("apt-get", "indextargets", "--format", "$(ORIGIN)|$(CODENAME)|$(REPO_URI)")
    rows = [line.split("|") for line in targets.splitlines()]
    return next(uri for origin, codename, uri in rows if origin == "Debian" and codename == "bookworm")


def apt(*arguments: str) -> None:
    """apt-get, asking nothing; its output is shown only when it fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"error: apt-get {arguments[0]} failed\n{done.stdout[-3000:]}")


def rpm_installed(name: str) -> bool:
    """Whether the rpm database knows the package (or a provider of the name)."""
    return subprocess.run(["rpm", "-q", "--whatprovides", name], capture_output=True).returncode == 0


def install_fedora(missing: list[str]) -> None:
    """dnf install."""
    dnf = shutil.which("dnf") or "dnf"
    subprocess.run([dnf, "-y", "install", *missing], check=True)


def run_quietly(*command: str) -> str:
    """A program's standard output."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())

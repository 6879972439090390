"""The plain host's file tree: a Fedora-like system without Xen, installed by dnf from the distribution's repository."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.lab.cache import part, recipe
from tests.lab.fedora import NOT_INSTALLED
from tests.lab.repositories import DISTRIBUTION, KEY_NAME, signing_key, system_repositories
from tests.lab.roots import debian_tree
from tests.lab.tools import run

# dnf runs in the Debian tree, with this machine's directory WORK at /mnt; the tree itself is not written to.
CHROOT: Final = """
tree=$1 work=$2; shift 2
mount --bind "$work" "$tree/mnt"
for top in "$tree" "$tree/mnt/root"; do
    for name in dev proc sys; do mkdir -p "$top/$name"; mount --rbind "/$name" "$top/$name"; done
done
mount -t tmpfs tmp "$tree/run"
exec chroot "$tree" env HOME=/mnt/home LC_ALL=C.UTF-8 "$@"
"""
DNF_OPTIONS: Final = (
    "--assumeyes --quiet --installroot=/mnt/root --releasever=44 "
    "--setopt=reposdir=/dev/null --setopt=varsdir=/dev/null "
    "--setopt=cachedir=/mnt/cache --setopt=logdir=/mnt/log --setopt=install_weak_deps=False --setopt=gpgcheck=True "
    f"--repofrompath={DISTRIBUTION},file:///mnt/{DISTRIBUTION} --setopt={DISTRIBUTION}.gpgcheck=True "
    f"--setopt={DISTRIBUTION}.gpgkey=file:///mnt/{KEY_NAME}"
).split()


def plain_tree() -> Path:
    """The installed tree; /boot has the kernel and its initramfs, but no GRUB configuration yet (disk.py's work)."""
    key = [str(system_repositories()), recipe("plainhost.py")]
    return part("plain", key, make_plain_tree) / "root"


def make_plain_tree(directory: Path) -> None:
    """dnf --installroot of everything but what only a XenAPI host needs; signatures are checked."""
    distribution = system_repositories() / DISTRIBUTION
    (directory / "home").mkdir()
    (directory / "home/.rpmmacros").write_text("%_dbpath /usr/lib/sysimage/rpm\n")
    (directory / "root").mkdir()
    (directory / "log").mkdir()
    (directory / KEY_NAME).write_bytes(signing_key().public_key.read_bytes())
    shutil.copytree(distribution, directory / DISTRIBUTION, copy_function=link_or_copy)
    in_chroot(directory, ["dnf", *DNF_OPTIONS, "install", *package_names(distribution)])
    for scratch in (DISTRIBUTION, "cache", "home", "log"):
        shutil.rmtree(directory / scratch)


def link_or_copy(source: str, target: str) -> None:
    """A hard link: both are in the cache."""
    Path(target).hardlink_to(source)


def package_names(repository: Path) -> list[str]:
    """What the plain host has of the repository's packages."""
    names = sorted(file.name.rsplit("-", 2)[0] for file in repository.glob("*.rpm"))
    return [name for name in names if name not in NOT_INSTALLED]


def in_chroot(work: Path, command: Sequence[str]) -> str:
    """Run a command in the Debian tree, with `work` at /mnt; mounts are seen by that command only."""
    mounting = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", CHROOT, "sh"]
    return run([*mounting, debian_tree(), work, *command])

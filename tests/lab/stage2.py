"""The installer's second stage, images/install.img: a squashfs of two trees, which the initramfs puts together.

`base` is the distribution's system: it runs the installer, and is what the installer copies to the disk. `anaconda`
lies over it: the stand-in of Anaconda, what it imports, and the repositories that it knows.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.lab.anaconda_packages import BOSS, LACKING, anaconda_files, lab_packages
from tests.lab.machine import MIRROR_ADDRESS
from tests.lab.plainhost import in_chroot, plain_tree
from tests.lab.product import SITE
from tests.lab.repositories import DISTRIBUTION, KEY_NAME, signing_key
from tests.lab.rpms import Entry, File, Link, Rpm, build, stage
from tests.lab.tools import run

# Of tests/lab, what these images are made of beside the files of the guest.
SOURCES: Final = ("anaconda_packages.py", "rpms.py")
# Where the image looks for the distribution, as Fedora's own looks for its mirrors.
MIRROR: Final = f"http://{MIRROR_ADDRESS}"
REPOSITORY: Final = f"""\
[{DISTRIBUTION}]
name=Fedora of the lab
baseurl={MIRROR}/{DISTRIBUTION}/
enabled=1
gpgcheck=1
gpgkey={MIRROR}/{KEY_NAME}
"""
UNIT: Final = f"""\
[Unit]
Description=Anaconda, as far as the lab has it
ConditionKernelCommandLine=inst.ks
Wants=network-online.target
After=network-online.target

[Service]
WorkingDirectory={BOSS}
ExecStart=/usr/bin/python3 -m tests.lab.anaconda_main
Environment=LC_ALL=C.UTF-8
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
"""
# By this file one sees whether an Anaconda checks signatures; dnf, which takes its place here, does.
MANAGER: Final = "/usr/lib/python3.13/site-packages/pyanaconda/modules/payloads/payload/dnf/dnf_manager.py"
UNIT_PATH: Final = "/etc/systemd/system/lab-anaconda.service"


def guest_files_digest() -> str:
    """What runs in the guest."""
    digest = hashlib.sha256()
    for path, entry in sorted(anaconda_files()):
        source = entry.source if isinstance(entry, File) else None
        digest.update(path.encode() + (source.read_bytes() if source else b""))
    return digest.hexdigest()


def make_stage2(image: Path, work: Path) -> None:
    """Write the image; `work` is a directory for the trees, which is not there yet."""
    work.mkdir()
    make_base(work)
    make_overlay(work / "anaconda")
    compile_python(work)
    run(["mksquashfs", work / "base", work / "anaconda", image, "-quiet", "-no-progress", "-comp", "lz4", "-noappend"])


def compile_python(work: Path) -> None:
    """Compile what comes without: an emulated machine is slow at it."""
    for tree in ("base", "anaconda"):
        places = [f"/mnt/{tree}/{place}" for place in (SITE, BOSS.removeprefix("/")) if (work / tree / place).is_dir()]
        in_chroot(work, ["python3", "-m", "compileall", "-q", "-s", f"/mnt/{tree}", "-p", "/", *places])


def make_base(work: Path) -> None:
    """The plain host with what else every Fedora has."""
    # The name of the root is that of plainhost.py; the tree is a copy, since rpm writes to its own files in place.
    run(["cp", "-a", plain_tree(), work / "root"])
    (work / "home").mkdir()
    (work / "home/.rpmmacros").write_text("%_dbpath /usr/lib/sysimage/rpm\n")
    packages = build([rpm for rpm in lab_packages() if rpm.name in LACKING], work / "packages", sign_with=None)
    files = [f"/mnt/packages/{package.name}" for package in packages]
    in_chroot(work, ["rpm", "--root=/mnt/root", "--install", "--nosignature", *files])
    for scratch in ("home", "packages"):
        shutil.rmtree(work / scratch)
    (work / "root").rename(work / "base")


def make_overlay(tree: Path) -> None:
    """The installer's own files."""
    files = dict(overlay_files())
    stage(Rpm(name="anaconda", version="1", files=files), tree)
    for path, entry in files.items():
        # The others are links to files that are not ours, and readable already.
        if isinstance(entry, File) and entry.source is None:
            (tree / path.lstrip("/")).chmod(entry.mode)


def overlay_files() -> Iterator[tuple[str, Entry]]:
    """What is the installer's own."""
    yield from anaconda_files()
    yield f"/etc/yum.repos.d/{DISTRIBUTION}.repo", File(content=REPOSITORY)
    yield f"/etc/pki/rpm-gpg/{KEY_NAME}", File(source=signing_key().public_key)
    yield "/etc/hostname", File(content="localhost\n")
    yield MANAGER, File(content="# Fedora's uses libdnf5.\n")
    yield UNIT_PATH, File(content=UNIT)
    yield "/etc/systemd/system/multi-user.target.wants/lab-anaconda.service", Link(UNIT_PATH)

"""A netinstall ISO, and the `zeus` command beside it."""

import functools
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.netinst import netinst

Zeus = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def netinst_iso(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab's, as a file of our own."""
    iso = tmp_path_factory.mktemp("netinst") / "netinst.iso"
    shutil.copy(netinst() / "netinst.iso", iso)
    return iso


@pytest.fixture
def zeus(tmp_path: Path) -> Zeus:
    return functools.partial(run_zeus, cwd=tmp_path)


def run_zeus(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zeus_installer", *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=cwd, text=True)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="session")
def isolinux_iso(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ISO of the older shape (lorax up to Fedora 36 and Enterprise Linux 9), with the lab's kernel and GRUB."""
    tree = tmp_path_factory.mktemp("isolinux")
    base = netinst() / "tree"
    for name in ("images/pxeboot", "EFI", "images"):
        shutil.copytree(base / name, tree / name, dirs_exist_ok=True)
    for name in ("images/eltorito.img",):
        (tree / name).unlink()
    (tree / ".discinfo").write_text("1700000000.000000\n9.3\nx86_64\n")
    (tree / "isolinux").mkdir()
    for name, places in BOOT.items():
        shutil.copy(next(place for place in map(Path, places) if place.exists()), tree / "isolinux" / name)
    (tree / "isolinux/isolinux.cfg").write_text(ISOLINUX)
    iso = tree.with_suffix(".iso")
    options = [
        *("-V", "RHEL-9-3-0-BaseOS-x86_64", "-R", "-J", "-isohybrid-mbr", tree / "isolinux/isohdpfx.bin"),
        *("-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat", "-no-emul-boot", "-boot-load-size", "4"),
        *("-boot-info-table", "-eltorito-alt-boot", "-e", "images/efiboot.img", "-no-emul-boot"),
        "-isohybrid-gpt-basdat",
    ]
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", *options, "-o", iso, tree], check=True, capture_output=True)
    return iso


# Debian's places, Fedora's.
BOOT = {
    "isolinux.bin": ("/usr/lib/ISOLINUX/isolinux.bin", "/usr/share/syslinux/isolinux.bin"),
    "isohdpfx.bin": ("/usr/lib/ISOLINUX/isohdpfx.bin", "/usr/share/syslinux/isohdpfx.bin"),
    "ldlinux.c32": ("/usr/lib/syslinux/modules/bios/ldlinux.c32", "/usr/share/syslinux/ldlinux.c32"),
}
ISOLINUX = """\
default vesamenu.c32
timeout 600

menu title Red Hat Enterprise Linux 9.3

label linux
  menu label ^Install Red Hat Enterprise Linux 9.3
  kernel vmlinuz
  append initrd=initrd.img inst.stage2=hd:LABEL=RHEL-9-3-0-BaseOS-x86_64 quiet

label check
  menu label Test this ^media & install Red Hat Enterprise Linux 9.3
  menu default
  kernel vmlinuz
  append initrd=initrd.img inst.stage2=hd:LABEL=RHEL-9-3-0-BaseOS-x86_64 rd.live.check quiet
"""

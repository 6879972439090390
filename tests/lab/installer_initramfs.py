"""The installer's initramfs: busybox, the drivers of a medium and of a network, and files/installer-init."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from tests.lab.initramfs import run_in, unpacked
from tests.lab.kernel import module_name, read_modules
from tests.lab.tools import run, words

FILES: Final = Path(__file__).parent / "files"
MODULES: Final = words(
    # media
    "virtio_blk virtio_scsi ahci sd_mod sr_mod xhci_pci usb_storage nvme isofs vfat nls_cp437 nls_ascii nls_iso8859_1 "
    # networks
    "virtio_net e1000 e1000e "
    # the root
    "loop squashfs overlay"
)
APPLETS: Final = words(
    "sh mount umount mkdir insmod ls cat cp rm tr sed tail echo sleep switch_root findfs reboot ip udhcpc wget zcat "
    "cpio losetup"
)


def make_installer_initramfs(tree: Path, out: Path) -> None:
    """Write it; programs and modules are the tree's."""
    modules = read_modules(tree)
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        for name in words("bin dev etc modules newroot proc run sys"):
            (top / name).mkdir()
        shutil.copy(tree / "usr/bin/busybox", top / "bin/busybox")
        for applet in APPLETS:
            (top / "bin" / applet).symlink_to("busybox")
        for number, file in enumerate(modules.ordered(MODULES)):
            (top / f"modules/{number:03}-{module_name(file)}.ko").write_bytes(unpacked(modules.directory / file))
        shutil.copy(FILES / "installer-init", top / "init")
        shutil.copy(FILES / "udhcpc-script", top)
        names = "\n".join(sorted(str(path.relative_to(top)) for path in top.rglob("*")))
        archive = run_in(top, ["cpio", "--quiet", "--create", "--format=newc", "--owner=0:0"], names)
        run(["zstd", "-q", "-3", "-o", out, archive])
        archive.unlink()

"""A host's tree for tests of the boot steps: kernels, Xen, GRUB's files, and facts about its machine."""

import gzip
import struct
from pathlib import Path

from zeus_installer.answers.model import Answers, Boot
from zeus_installer.machine import model
from zeus_installer.sources.model import KernelProvider, Source
from zeus_installer.steps.context import Context, Identity

GIB = 1 << 30
KERNEL = "6.12.5-200.fc44.x86_64"
UUID = "0f5a1c1e-6a52-4b5e-9d0e-5b0d3b1f6a01"
RUNNING = "BOOT_IMAGE=(hd0,gpt2)/vmlinuz root=UUID=abcd ro rd.lvm.lv=fedora/root rhgb quiet console=ttyS0"
DOM0_OPTIONS = "XEN XEN_PV XEN_DOM0 HVC_XEN XEN_DEV_EVTCHN XENFS XEN_PRIVCMD XEN_GNTDEV XEN_BACKEND"
GRUB_CFG = "save_env next_entry\nset default=${saved_entry}\nsource ${config_directory}/custom.cfg\n"


def xen_image(*, checksum: int | None = None) -> bytes:
    """What GRUB takes for a hypervisor."""
    magic, architecture, length = 0xE85250D6, 0, 24
    wanted = -(magic + architecture + length) % (1 << 32)
    header = struct.pack("<4I", magic, architecture, length, wanted if checksum is None else checksum)
    return gzip.compress(bytes(64) + header + bytes(4096), mtime=0)


def write(root: Path, path: str, content: str | bytes = "") -> Path:
    """Write a file of the tree."""
    where = root / path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(content if isinstance(content, bytes) else content.encode())
    return where


def add_kernel(root: Path, release: str, *, options: str = DOM0_OPTIONS, initramfs: bool = True) -> None:
    """Install a kernel."""
    (root / "usr/lib/modules" / release).mkdir(parents=True)
    write(root, f"/boot/vmlinuz-{release}", f"kernel {release}")
    write(root, f"/boot/config-{release}", "".join(f"CONFIG_{name}=y\n" for name in options.split()))
    if initramfs:
        write(root, f"/boot/initramfs-{release}.img", f"initramfs {release}")


def make_host(root: Path) -> Path:
    """Make a tree that the boot entry can be written into, as far as no program of GRUB's is needed."""
    add_kernel(root, KERNEL)
    write(root, "/boot/xen-4.19.1.gz", xen_image())
    write(root, "/boot/grub2/grub.cfg", GRUB_CFG)
    write(root, "/etc/default/grub", "GRUB_TIMEOUT=5\nGRUB_DEFAULT=saved\n")
    return root


def machine(*, memory: int | None = 16 * GIB, threads: int | None = 8, command_line: str = RUNNING) -> model.Machine:
    """A machine, as far as booting goes."""
    return model.Machine(
        cpu=model.Cpu(vendor="AuthenticAMD", model="EPYC", threads=threads),
        iommu=model.Iommu(kind=None, state=None),
        firmware=model.Firmware(type="bios"),
        memory=model.Memory(bytes=memory),
        xen=model.Xen(running=False),
        kernel=model.Kernel(release=KERNEL, command_line=command_line),
        boot=model.Boot(file_system="ext4", uuid=UUID, separate=True),
        os=model.Os(id="fedora"),
    )


def context(boot: Boot | None = None, *, on: model.Machine | None = None) -> Context:
    """What a plan's boot steps are made from."""
    return Context(
        answers=Answers(boot=boot or Boot()),
        machine=on or machine(),
        source=Source(name="test", kernels={"fedora": KernelProvider(provider="distribution")}),
        disks=(),
        nics=(),
        identity=Identity(host="h", dom0="d"),
    )

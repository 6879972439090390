"""Which QEMU accelerator to use: KVM only where it proved itself by booting a small guest; a /dev/kvm is no proof."""

import os
import subprocess
from pathlib import Path
from typing import Final

from tests.lab.bootfiles import boot_files
from tests.lab.cache import cache_root, locked

TCG: Final = "tcg,thread=multi,tb-size=1024"
PROOF_SECONDS: Final = 5
# The initramfs says this when no root= is given, and that the kernel, its decompressor and userland all ran.
PROOF_TEXT: Final = b"initramfs: no root device"


def accelerator() -> str:
    """QEMU's `-accel` argument for this machine; the proof holds until the next boot of the machine."""
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    verdict = cache_root() / f"accelerator-{boot_id}"
    with locked(cache_root() / "accelerator.lock"):
        if not verdict.exists():
            verdict.write_text("kvm" if kvm_works() else TCG)
    return verdict.read_text()


def kvm_works() -> bool:
    """Boot the lab's kernel under KVM and see whether it reaches userland in time."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    boot = boot_files()
    command = ["qemu-system-x86_64", "-nodefaults", "-machine", "q35", "-accel", "kvm", "-cpu", "max", "-m", "512"]
    command += ["-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", str(boot / "vmlinuz")]
    command += ["-initrd", str(boot / "initramfs.img"), "-append", "console=ttyS0 lab.root_tries=1 panic=-1"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROOF_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return PROOF_TEXT in done.stdout

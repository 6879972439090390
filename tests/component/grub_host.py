"""A host whose /boot is a real ext4 file system and whose programs are this machine's GRUB tools, run by chroot."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.boot_host import UUID, make_host, write
from zeus_installer.boot.modules import NEEDED
from zeus_installer.system.target import Target

# Fedora's names, and the programs that stand behind them here.
PROGRAMS = {
    "/usr/bin/grub2-editenv": "grub-editenv",
    "/usr/bin/grub2-script-check": "grub-script-check",
    "/usr/bin/grub2-mkrelpath": "grub-mkrelpath",
    "/usr/sbin/grub2-probe": "grub-probe",
    "/usr/bin/sh": "busybox",
}
# The real one needs a whole system; what it makes of its template is all that matters here.
MKCONFIG = '#!/usr/bin/sh\necho ran >> /mkconfig.log\nwhile read -r line; do echo "$line"; done < /template > $2\n'


@contextmanager
def grub_host(directory: Path) -> Iterator[Target]:
    """Make the host below `directory`; what is mounted is gone afterwards."""
    root = directory / "root"
    boot = root / "boot"
    boot.mkdir(parents=True)
    image = directory / "boot.img"
    with image.open("wb") as file:
        file.truncate(96 << 20)
    run("mkfs.ext4", "-q", "-U", UUID, image)
    with ExitStack() as mounts:
        mounts.enter_context(mounted("-o", "loop", image, boot))
        for name in ("dev", "proc"):
            (root / name).mkdir()
            mounts.enter_context(mounted("--bind", f"/{name}", root / name))
        add_programs(root)
        make_host(root)
        shutil.copyfile(boot / "grub2/grub.cfg", root / "template")
        write(root, "/usr/sbin/grub2-mkconfig", MKCONFIG).chmod(0o755)
        write(root, "/boot/grub2/i386-pc/moddep.lst", "")
        for name in NEEDED:
            write(root, f"/boot/grub2/i386-pc/{name}.mod")
        yield Target(root)


@contextmanager
def mounted(*arguments: str | Path) -> Iterator[None]:
    """Mount for as long as the context lasts."""
    run("mount", *arguments)
    try:
        yield
    finally:
        run("umount", "--lazy", arguments[-1])


def add_programs(root: Path) -> None:
    """Copy the programs, and the libraries that they are linked with."""
    for path, name in PROGRAMS.items():
        program = shutil.which(name)
        if program is None:
            raise RuntimeError(f"{name} is not installed")
        copy(Path(program), root / path.lstrip("/"))
        linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r"(/\S+)", linked):
            copy(Path(library), root / library.lstrip("/"))


def copy(source: Path, to: Path) -> None:
    """Copy a program or a library."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, to)


def run(*argv: str | Path, stdin: str | None = None) -> str:
    """Run a program of this machine; its output."""
    words: Sequence[str] = [str(word) for word in argv]
    return subprocess.run(words, check=True, capture_output=True, text=True, input=stdin).stdout

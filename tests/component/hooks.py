"""Hooks for tests: scripts on a server, and a small system that can run them."""

import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.boot_host import write
from tests.component.grub_host import copy
from zeus_installer.answers.model import Hook, Stage


@dataclass(frozen=True, slots=True)
class Scripts:
    """A directory that is served at `url`."""

    directory: Path
    url: str

    def hook(
        self, name: str, script: str, *, stage: Stage = "installation-start", first: str = "#!/usr/bin/sh"
    ) -> Hook:
        """Serve a script; gives the hook with its SHA-256."""
        content = f"{first}\n{script}\n".encode()
        (self.directory / name).write_bytes(content)
        return Hook(stage=stage, url=f"{self.url}/{name}", sha256=hashlib.sha256(content).hexdigest())


def small_system(root: Path) -> Path:
    """Make a system with a shell and nothing else."""
    program = shutil.which("busybox")
    assert program is not None
    copy(Path(program), root / "usr/bin/sh")
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    for library in re.findall(r"(/\S+)", linked):
        copy(Path(library), root / library.lstrip("/"))
    write(root, "/var/lib/zeus/.keep")
    write(root, "/dev/null")
    return root

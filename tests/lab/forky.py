"""libdnf5 for a machine that has none: a small Debian root of the next release, in which the child process can run.

Debian 12 and 13 do not package libdnf5. The root is entered by chroot in a mount namespace of its own, which has the
machine's files at their own places, so that paths mean the same inside.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.lab.cache import part, recipe
from tests.lab.mirror import machine_mirror
from tests.lab.tools import run

# base-files has the links /bin and /lib64, without which nothing starts.
PACKAGES: Final = ("base-files", "python3-libdnf5", "dnf5", "rpm")
LEFT_OUT: Final = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*")
SHARED: Final = ("/dev", "/proc")


def forky(program: str, *shared: Path) -> Sequence[str]:
    """The command that runs a program of the root, which sees the machine's `shared` directories."""
    root = forky_root()
    places = [*SHARED, tempfile.gettempdir(), *map(str, shared)]
    binds = " && ".join(f'mkdir -p "{root}{place}" && mount --rbind "{place}" "{root}{place}"' for place in places)
    # The namespace ends with its last process, and its mounts with it.
    return ("unshare", "--mount", "sh", "-c", f'{binds} && exec chroot "{root}" {program} "$@"', program)


def forky_root() -> Path:
    """The root, cached."""
    return part("forky", [recipe("forky.py")], make_root) / "root"


def make_root(directory: Path) -> None:
    """Unpack the packages and what they need, without installing: the child process needs no more, and it is quick.

    The archive lets a testing release's signed index expire between updates.
    """
    command = ["mmdebstrap", "--quiet", "--variant=extract", "--aptopt=Acquire::Check-Valid-Until false"]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command += ["--include", ",".join(PACKAGES)]
    run([*command, "forky", directory / "root", f"deb {machine_mirror().archive} forky main"])

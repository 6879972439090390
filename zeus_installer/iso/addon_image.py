"""The add-on as an image for Anaconda (updates.img, product.img): `python3 -m zeus_installer.iso.addon_image FILE`.

Anaconda unpacks one to /updates (dracut/anaconda-lib.sh: anaconda_auto_updates, unpack_updates_img), dracut copies that
over the installer's root (modules.d, apply-live-updates.sh), and scripts/apply-updates unpacks one at run time. There
are no links inside: where the image has the add-on's package, its links are in the place of these directories, and
apply-live-updates.sh would copy a link *into* what it should replace (`cp -a LINK LINK-TO-A-DIRECTORY`).
"""

import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from zeus_installer.system.files import write_atomic
from zeus_installer.system.run import run

_PACKAGE: Final = Path(__file__).parents[1]
# On sys.path of Anaconda (anaconda.py) and of its modules (scripts/start-module), whatever its Python is.
_ADDONS: Final = "usr/share/anaconda/addons"
_DBUS: Final = {"*.service": "usr/share/anaconda/dbus/services", "*.conf": "usr/share/anaconda/dbus/confs"}
_NO_BYTECODE: Final = shutil.ignore_patterns("__pycache__", "*.pyc")


def addon_image() -> bytes:
    """Give the image of the package that runs: the same bytes for the same files.

    All times in it are SOURCE_DATE_EPOCH of the environment, or that of the newest file.
    """
    with tempfile.TemporaryDirectory(prefix="zeus-image-") as scratch:
        top = Path(scratch, "image")
        _lay_out(top)
        archive = Path(scratch, "cpio")
        names = sorted(str(path.relative_to(top)) for path in top.rglob("*"))
        options = ("--quiet", "--create", "--format=newc", "--reproducible", "--owner=+0:+0", f"--file={archive}")
        run(["cpio", f"--directory={top}", *options], stdin="".join(f"{name}\n" for name in names))
        return gzip.compress(archive.read_bytes(), mtime=0)


def _lay_out(top: Path) -> None:
    addon = _PACKAGE / "addon"
    shutil.copytree(_PACKAGE, top / _ADDONS / _PACKAGE.name, ignore=_NO_BYTECODE)
    shutil.copytree(addon, top / _ADDONS / "org_xenproject_zeus", ignore=_NO_BYTECODE)
    for pattern, place in _DBUS.items():
        (top / place).mkdir(parents=True)
        for file in sorted(addon.glob(f"dbus/{pattern}")):
            shutil.copy(file, top / place)
    paths = sorted(top.rglob("*"))
    newest = max(path.stat().st_mtime for path in paths if path.is_file())
    time = float(os.environ.get("SOURCE_DATE_EPOCH", newest))
    for path in paths:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (time, time))


def main(words: Sequence[str]) -> int:
    """Write the image to each of the files that are named."""
    image = addon_image()
    for word in words:
        write_atomic(Path(word), image)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

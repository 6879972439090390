"""Puts the product and the repositories into a running guest, over HTTP: base images do not depend on the product."""

import tarfile
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.lab.console import Console
from tests.lab.machine import HOST_ADDRESS
from tests.lab.repositories import DISTRIBUTION, KEY_NAME, VENDOR_REPOSITORY
from tests.lab.vm import Vm

TOP: Final = Path(__file__).parents[2]
PACKAGE: Final = "zeus_installer"
SITE: Final = "usr/lib/python3/dist-packages"
LAUNCHER: Final = '#!/bin/sh\nexec /usr/bin/python3 -m zeus_installer "$@"\n'
REPOSITORY: Final = """\
[{name}]
name={name}
baseurl={url}/{name}/
gpgcheck=1
gpgkey={url}/{key}
"""


def pack_product(out: Path) -> Path:
    """Write `out`, a tar file to unpack at /: the package as the distribution's Python finds it, and /usr/bin/zeus."""
    with tarfile.open(out, "w") as archive:
        for file in sorted((TOP / PACKAGE).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                add(archive, f"{SITE}/{file.relative_to(TOP)}", file.read_bytes(), 0o644)
        add(archive, "usr/bin/zeus", LAUNCHER.encode(), 0o755)
    return out


def add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    """One regular file of root's."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = mode
    archive.addfile(entry, BytesIO(content))


def guest_url(url: str) -> str:
    """How the guest reaches a server on the host's loopback interface."""
    return f"http://{HOST_ADDRESS}:{urlsplit(url).port}"


def install_product(vm: Vm | Console, url: str) -> None:
    """Unpack `zeus.tar` of the server `url` in the guest."""
    vm.check(f"curl -sSf {guest_url(url)}/zeus.tar | tar -x -C / --no-same-owner")


def use_repositories(vm: Vm | Console, url: str, *, names: tuple[str, ...] = (DISTRIBUTION, VENDOR_REPOSITORY)) -> None:
    """Make the repositories that the server `url` has the guest's own (/etc/yum.repos.d), signatures checked."""
    for name in names:
        text = REPOSITORY.format(name=name, url=guest_url(url), key=KEY_NAME)
        vm.check(f"cat > /etc/yum.repos.d/{name}.repo <<'END'\n{text}END")

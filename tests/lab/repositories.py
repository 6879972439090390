"""The two signed repositories: the distribution's (`fedora-lab`) and the vendor's (`xapi-lab`).

Both lie below one directory, which a test serves over HTTP; `RPM-GPG-KEY-lab` beside them signs both.
"""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.lab.bootfiles import boot_files
from tests.lab.cache import part, recipe
from tests.lab.fedora import VENDOR, packages
from tests.lab.roots import debian_key, debian_tree
from tests.lab.rpms import Rpm, SigningKey, build, repository

DISTRIBUTION: Final = "fedora-lab"
VENDOR_REPOSITORY: Final = "xapi-lab"
KEY_NAME: Final = "RPM-GPG-KEY-lab"


def signing_key() -> SigningKey:
    """The lab's own key, made once for a cache."""
    return SigningKey(part("key", ["1"], make_key))


def make_key(directory: Path) -> None:
    """A key in its own directory."""
    SigningKey.create(directory)


def system_repositories() -> Path:
    """A directory with the distribution's repository and the vendor's Xen packages (`xen/`, not a repository yet)."""
    names = ("fedora.py", "additions.py", "debs.py", "overlay", "rpms.py", "repositories.py", "bootfiles.py")
    return part("packages", [*debian_key(), recipe(*names)], make_system_repositories)


def make_system_repositories(directory: Path) -> None:
    """Build and sign what comes from the Debian tree."""
    found = packages(debian_tree(), boot_files())
    key = signing_key()
    distribution = [package for package in found if package.name not in VENDOR]
    build(distribution, directory / DISTRIBUTION, sign_with=key)
    repository(directory / DISTRIBUTION)
    build([package for package in found if package.name in VENDOR], directory / "xen", sign_with=key)


def repositories() -> Path:
    """The directory to serve: `fedora-lab/`, `xapi-lab/` and the public key."""
    key = [str(system_repositories()), recipe("xapi"), recipe("repositories.py")]
    return part("repositories", key, make_repositories)


def make_repositories(directory: Path) -> None:
    """Put both repositories together; packages are links, so that a copy costs nothing."""
    system = system_repositories()
    (directory / DISTRIBUTION).symlink_to(system / DISTRIBUTION)
    vendor = directory / VENDOR_REPOSITORY
    build(toolstack(), vendor, sign_with=signing_key())
    for package in (system / "xen").glob("*.rpm"):
        (vendor / package.name).hardlink_to(package)
    repository(vendor)
    (directory / KEY_NAME).write_bytes(signing_key().public_key.read_bytes())


def toolstack() -> Sequence[Rpm]:
    """The RPMs of the lab's xapi and its stand-ins."""
    try:
        module = importlib.import_module("tests.lab.xapi.packages")
    except ModuleNotFoundError:
        return ()
    found: Sequence[Rpm] = module.rpms()
    return found

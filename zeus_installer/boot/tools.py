"""GRUB's programs: Fedora calls them grub2-*, others grub-*."""

from typing import Final

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target

_DIRECTORIES: Final = ("/usr/bin", "/usr/sbin")
_PREFIXES: Final = ("grub2-", "grub-")


def grub_tool(target: Target, name: str) -> str:
    """Give the path of `grub2-<name>` in the target. None installed: `ZeusError`."""
    places = (f"{directory}/{prefix}{name}" for prefix in _PREFIXES for directory in _DIRECTORIES)
    found = next((place for place in places if target.exists(place)), None)
    if found is None:
        raise ZeusError(
            "boot.grub",
            f"grub2-{name} is not installed: this system is not booted by GRUB",
            hint="install grub2-tools and grub2-tools-minimal, and let GRUB boot this machine",
        )
    return found

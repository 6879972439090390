"""Which kickstart syntax holds: the one of the distribution that runs."""

import platform
from typing import Any

from pykickstart.errors import KickstartVersionError
from pykickstart.version import DEFAULT_VERSION, stringToVersion


def kickstart_version() -> Any:
    """By os-release, the first of ID_LIKE before ID; anything but Fedora and RHEL has the newest that there is."""
    release = platform.freedesktop_os_release()
    family = (release.get("ID_LIKE") or release.get("ID", "")).split()
    prefix = {"fedora": "f", "rhel": "rhel"}.get(family[0] if family else "")
    try:
        return stringToVersion(f"{prefix}{release['VERSION_ID']}") if prefix else DEFAULT_VERSION
    except (KeyError, KickstartVersionError):
        return DEFAULT_VERSION


VERSION = kickstart_version()

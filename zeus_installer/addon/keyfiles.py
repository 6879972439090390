"""NetworkManager's keyfiles (nm-settings-keyfile(5)): how the installer was told to configure a NIC. Pure."""

import configparser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.machine.model import Nic

# What Anaconda's network module writes, and what its initramfs made of `ip=`.
DIRECTORIES: Final = ("/etc/NetworkManager/system-connections", "/run/NetworkManager/system-connections")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipv4:
    """The IPv4 part of a connection; a static address has its prefix length."""

    static: bool
    address: str | None = None
    gateway: str | None = None
    dns: tuple[str, ...] = ()


def ipv4_of(nic: Nic, keyfiles: Iterable[str]) -> Ipv4 | None:
    """Give what the first of the texts that is for `nic` says; None when none is, or it says neither way."""
    for text in keyfiles:
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(text)
        except configparser.Error:
            continue
        if _is_for(nic, parser):
            return _ipv4(parser)
    return None


def read_keyfiles(root: Path) -> tuple[str, ...]:
    """Give the texts of all keyfiles below a root."""
    files = (file for place in DIRECTORIES for file in sorted((root / place.lstrip("/")).glob("*.nmconnection")))
    return tuple(file.read_text(errors="replace") for file in files)


def _is_for(nic: Nic, parser: configparser.RawConfigParser) -> bool:
    name = parser.get("connection", "interface-name", fallback="")
    mac = parser.get("ethernet", "mac-address", fallback="")
    return name == nic.name or (bool(mac) and mac.lower() == (nic.mac or "").lower())


def _ipv4(parser: configparser.RawConfigParser) -> Ipv4 | None:
    method = parser.get("ipv4", "method", fallback="")
    if method == "auto":
        return Ipv4(static=False)
    address, _, gateway = parser.get("ipv4", "address1", fallback="").partition(",")
    if method != "manual" or not address:
        return None
    dns = parser.get("ipv4", "dns", fallback="").replace(",", ";").split(";")
    return Ipv4(
        static=True,
        address=address.strip(),
        gateway=gateway.strip() or parser.get("ipv4", "gateway", fallback="") or None,
        dns=tuple(server.strip() for server in dns if server.strip()),
    )

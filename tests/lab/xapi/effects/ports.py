"""The ports: what the calls ask of the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Bytes."""

    total: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSr:
    """A storage repository that a probe saw on a device; `size` in bytes."""

    uuid: str
    devices: Sequence[str]
    size: int


class SrDriver(Protocol):
    """A storage driver, as sm's are. `config` is a PBD's device_config; all raise BackendFailure."""

    def create(self, uuid: str, config: Mapping[str, str]) -> None:
        """Make the repository, wiping what was on its devices."""

    def destroy(self, uuid: str, config: Mapping[str, str]) -> None:
        """Remove the (detached) repository from its devices."""

    def attach(self, uuid: str, config: Mapping[str, str]) -> None:
        """Make the repository usable."""

    def detach(self, uuid: str) -> None:
        """Let go of it."""

    def sizes(self, uuid: str) -> Sizes:
        """How large the attached repository is."""

    def probe(self, config: Mapping[str, str]) -> Sequence[FoundSr]:
        """The repositories of this type on the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A physical network interface."""

    device: str
    mac: str
    mtu: int
    carrier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """How a bridge gets its IPv4 address; `mode` is None, DHCP or Static, as in XenAPI."""

    mode: str = "None"
    ip: str = ""
    netmask: str = ""
    gateway: str = ""
    dns: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The IPv4 address that a bridge has."""

    ip: str
    netmask: str
    gateway: str
    dns: Sequence[str] = ()


class NetworkPort(Protocol):
    """Bridges and their addresses."""

    def nics(self) -> Sequence[Nic]:
        """The physical interfaces."""

    def up(self, bridge: str, nic: str, addressing: Addressing) -> None:
        """Put `nic` into `bridge` (made if need be) and start to address the bridge; does nothing if all is so."""

    def down(self, bridge: str, nic: str) -> None:
        """Take the bridge away and let the NIC go."""

    def address(self, bridge: str) -> Address | None:
        """The address that the bridge has now."""

    def set_hostname(self, name: str) -> None:
        """Name the host, now and for later boots."""

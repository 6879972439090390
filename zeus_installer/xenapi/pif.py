"""PIF: a physical interface as xapi has it, and the network (bridge) that it carries."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from zeus_installer.xenapi.host import Host
from zeus_installer.xenapi.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """How a PIF gets its IPv4 address; `mode` is `None`, `DHCP` or `Static`, `dns` has commas, `netmask` has dots."""

    mode: str
    ip: str = ""
    netmask: str = ""
    gateway: str = ""
    dns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pif:
    """What Zeus reads of a PIF record. `address` is the IPv4 address that it has now, or nothing."""

    ref: str
    device: str
    mac: str
    network: str
    host: str
    physical: bool
    managed: bool
    attached: bool
    management: bool
    addressing: Addressing
    ipv6_mode: str
    other_config: Mapping[str, str]

    @property
    def address(self) -> str:
        """The IPv4 address; with DHCP it comes once there is a lease."""
        return self.addressing.ip

    def is_addressed_by(self, wanted: Addressing) -> bool:
        """Whether nothing would change.

        What is not asked for may be anything: xapi writes into such fields what dom0 has, from a lease or resolv.conf
        (xen-api, ocaml/xapi/helpers.ml, update_pif_addresses).
        """
        return all(
            asked in ("", present) for asked, present in zip(astuple(wanted), astuple(self.addressing), strict=True)
        )


def read_pif(ref: str, record: Mapping[str, Any]) -> Pif:
    """Take from a PIF record what Zeus reads."""
    return Pif(
        ref=ref,
        device=record["device"],
        mac=record["MAC"],
        network=record["network"],
        host=record["host"],
        physical=record["physical"],
        managed=record["managed"],
        attached=record["currently_attached"],
        management=record["management"],
        addressing=Addressing(
            mode=record["ip_configuration_mode"],
            ip=record["IP"],
            netmask=record["netmask"],
            gateway=record["gateway"],
            dns=record["DNS"],
        ),
        ipv6_mode=record["ipv6_configuration_mode"],
        other_config=record["other_config"],
    )


def scan(session: Session, host: Host) -> None:
    """Have xapi look for new interfaces. It makes a PIF for each and takes none away."""
    session.call("PIF.scan", host.ref)


def pifs_of(session: Session, host: Host) -> tuple[Pif, ...]:
    """Give the PIFs of a host, by device name."""
    records: dict[str, dict[str, Any]] = session.call("PIF.get_all_records")
    pifs = (read_pif(ref, record) for ref, record in records.items())
    return tuple(sorted((pif for pif in pifs if pif.host == host.ref), key=lambda pif: pif.device))


def management_of(session: Session, host: Host) -> Pif | None:
    """Give the management interface of a host. (host.get_management_interface is an internal error without one.)"""
    return next((pif for pif in pifs_of(session, host) if pif.management), None)


def get(session: Session, ref: str) -> Pif:
    """Read one PIF."""
    return read_pif(ref, session.call("PIF.get_record", ref))


def bridge_of(session: Session, pif: Pif) -> str:
    """Give the name of the bridge that the PIF belongs to."""
    return str(session.call("network.get_bridge", pif.network))


def reconfigure_ip(session: Session, pif: Pif, wanted: Addressing) -> None:
    """Set how the PIF gets its IPv4 address; an attached one is plugged again at once."""
    session.run("PIF.reconfigure_ip", pif.ref, wanted.mode, wanted.ip, wanted.netmask, wanted.gateway, wanted.dns)


def switch_ipv6_off(session: Session, pif: Pif) -> None:
    """Give the PIF no IPv6 address."""
    session.run("PIF.reconfigure_ipv6", pif.ref, "None", "", "", "")


def set_domain(session: Session, pif: Pif, domain: str) -> None:
    """Set the search domain that goes with the PIF's DNS servers."""
    session.call("PIF.remove_from_other_config", pif.ref, "domain")
    session.call("PIF.add_to_other_config", pif.ref, "domain", domain)


def plug(session: Session, pif: Pif) -> None:
    """Bring the PIF and its bridge up."""
    session.run("PIF.plug", pif.ref)

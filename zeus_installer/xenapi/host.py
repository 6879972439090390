"""host, and the control domain and pool that belong to it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from zeus_installer.system.errors import ZeusError
from zeus_installer.xenapi.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What Zeus reads of a host record."""

    ref: str
    uuid: str
    name_label: str
    hostname: str
    address: str
    enabled: bool
    iscsi_iqn: str
    control_domain: str
    local_cache_sr: str
    crash_dump_sr: str
    suspend_image_sr: str
    software_version: Mapping[str, str]


_FIELDS = tuple(field.name for field in fields(Host) if field.name != "ref")


def this_host(session: Session) -> Host:
    """Give the host that we run on."""
    ref = str(session.call("session.get_this_host", session.handle))
    record: dict[str, Any] = session.call("host.get_record", ref)
    return Host(ref=ref, **{name: record[name] for name in _FIELDS})


def set_hostname(session: Session, host: Host, hostname: str) -> None:
    """Name the host, now and for later boots; does not set name_label."""
    session.call("host.set_hostname_live", host.ref, hostname)


def set_name_label(session: Session, host: Host, name: str) -> None:
    """Set the name that XenAPI clients show."""
    session.call("host.set_name_label", host.ref, name)


def set_iscsi_iqn(session: Session, host: Host, iqn: str) -> None:
    """Name the host's iSCSI initiator."""
    session.call("host.set_iscsi_iqn", host.ref, iqn)


def set_crash_dump_sr(session: Session, host: Host, sr: str) -> None:
    """Say where crash dumps go."""
    session.call("host.set_crash_dump_sr", host.ref, sr)


def set_suspend_image_sr(session: Session, host: Host, sr: str) -> None:
    """Say where suspended guests go."""
    session.call("host.set_suspend_image_sr", host.ref, sr)


def management_reconfigure(session: Session, pif: str) -> None:
    """Make `pif` the management interface. Nothing happens when it is; connections over the network drop."""
    session.run("host.management_reconfigure", pif)


def disable(session: Session, host: Host) -> None:
    """Let no guest start."""
    session.call("host.disable", host.ref)


def try_enable(session: Session, host: Host) -> bool:
    """Let guests start. False when xapi is not through its start-up and will not have it yet."""
    try:
        session.call("host.enable", host.ref)
    except ZeusError as error:
        if error.code == "xenapi.HOST_STILL_BOOTING":
            return False
        raise
    return True


def enable_local_storage_caching(session: Session, host: Host, sr: str) -> None:
    """Let `sr` cache images of shared ones. The host must be disabled, the SR of a kind that can (`ext`)."""
    session.call("host.enable_local_storage_caching", host.ref, sr)


def server_certificate(session: Session, host: Host) -> str:
    """Give the certificate (PEM) that the host shows on port 443."""
    return str(session.call("host.get_server_certificate", host.ref))


def dom0_other_config(session: Session, host: Host) -> Mapping[str, str]:
    """Give the control domain's other_config."""
    config: dict[str, str] = session.call("VM.get_other_config", host.control_domain)
    return config


def add_dom0_other_config(session: Session, host: Host, key: str, value: str) -> None:
    """Add a key to the control domain's other_config; it must not be there."""
    session.call("VM.add_to_other_config", host.control_domain, key, value)

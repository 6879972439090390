"""What the report says of a host. Every fact may be unknown, none of them may stop the report."""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target
from zeus_installer.verify.domain import xen_version
from zeus_installer.verify.https import knock
from zeus_installer.verify.toolstack import local_sr, management_address
from zeus_installer.xenapi import pif as pifs
from zeus_installer.xenapi.host import Host, this_host
from zeus_installer.xenapi.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SrFacts:
    """The local storage repository; `size` is bytes."""

    uuid: str
    type: str
    size: int
    attached: bool
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """The host as clients will know it. `certificate_sha256` is what port 443 shows; `versions` are by part (`xen`)."""

    uuid: str | None = None
    name: str | None = None
    hostname: str | None = None
    enabled: bool | None = None
    address: str | None = None
    mac: str | None = None
    certificate_sha256: str | None = None
    sr: SrFacts | None = None
    versions: dict[str, str] = field(default_factory=dict)


def collect_host_facts(target: Target, *, https_port: int = 443) -> HostFacts:
    """Gather what can be known now; never raises for what cannot."""
    xen = xen_version(target)
    versions = {"xen": xen} if xen else {}
    known = _or_none(lambda: _asked(target))
    if known is None:
        return HostFacts(versions=versions)
    host, address, mac, sr = known
    return HostFacts(
        uuid=host.uuid,
        name=host.name_label,
        hostname=host.hostname,
        enabled=host.enabled,
        address=address or None,
        mac=mac,
        certificate_sha256=_or_none(lambda: knock(address, port=https_port).fingerprint) if address else None,
        sr=sr,
        versions={**_versions(host.software_version), **versions},
    )


def _asked(target: Target) -> tuple[Host, str, str | None, SrFacts | None]:
    with Session(target) as session, session.doing("gather facts for the report"):
        host = this_host(session)
        address, mac = _or_none(lambda: _management(session, host)) or (host.address, None)
        return host, address, mac, _or_none(lambda: _local_sr(session, host, target))


def _management(session: Session, host: Host) -> tuple[str, str | None]:
    pif = pifs.management_of(session, host)
    return (host.address, None) if pif is None else (management_address(host, pif), pif.mac)


def _local_sr(session: Session, host: Host, target: Target) -> SrFacts | None:
    found = local_sr(session, host, target, device=None, kind=None)
    if found is None:
        return None
    sr, pbd = found
    return SrFacts(uuid=sr.uuid, type=sr.type, size=sr.size, attached=pbd.attached, device=pbd.device)


def _versions(reported: Mapping[str, str]) -> dict[str, str]:
    parts = ("product_brand", "product_version", "platform_name", "platform_version", "xapi", "xen", "linux")
    return {part: reported[part] for part in parts if reported.get(part)}


def _or_none(find: Callable[[], T]) -> T | None:
    try:
        return find()
    except (ZeusError, OSError, http.client.HTTPException, LookupError, ValueError):
        return None

"""The host as XenAPI has it: enabled, its storage attached, its management network reachable over HTTPS."""

import http.client

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target
from zeus_installer.verify.https import knock
from zeus_installer.verify.model import Expectations, Verification, seen, wrong
from zeus_installer.xenapi import host as hosts
from zeus_installer.xenapi import pif as pifs
from zeus_installer.xenapi import pool as pools
from zeus_installer.xenapi import sr as api
from zeus_installer.xenapi.host import Host
from zeus_installer.xenapi.pif import Pif
from zeus_installer.xenapi.session import NULL, Session
from zeus_installer.xenapi.sr import Pbd, Sr

_GIB = 1 << 30


def check_toolstack(target: Target, expected: Expectations) -> tuple[Verification, ...]:
    """Check everything that only xapi knows. When it does not answer, that is the one finding."""
    try:
        with Session(target) as session, session.doing("verify the host"):
            host = hosts.this_host(session)
            return (
                _enabled(host, expected),
                *_storage(session, host, target, expected),
                *_management(session, host, expected),
            )
    except ZeusError as error:
        remedy = error.hint or "look at `journalctl -b -u xapi`"
        return (wrong("xapi.answers", error.message, remedy=remedy),)


def _enabled(host: Host, expected: Expectations) -> Verification:
    if expected.host_uuid is not None and host.uuid != expected.host_uuid:
        return wrong(
            "xapi.answers",
            f"xapi answers as host {host.uuid}, planned is {expected.host_uuid}",
            remedy="compare INSTALLATION_UUID in /etc/xensource-inventory",
        )
    if not host.enabled:
        return wrong(
            "xapi.answers", f"xapi answers, host {host.uuid} is not enabled", remedy="enable it: xe host-enable"
        )
    version = host.software_version.get("xapi") or host.software_version.get("product_version") or "of unknown version"
    return seen("xapi.answers", f"xapi {version} answers, host {host.uuid} is enabled")


def _storage(session: Session, host: Host, target: Target, expected: Expectations) -> tuple[Verification, ...]:
    if expected.sr_type is None:
        return ()
    found = local_sr(session, host, target, device=expected.sr_device, kind=expected.sr_type)
    if found is None:
        where = f" on {expected.sr_device}" if expected.sr_device else ""
        return (
            wrong(
                "storage.sr", f"xapi has no {expected.sr_type} storage repository{where}", remedy="make it: zeus resume"
            ),
        )
    sr, pbd = found
    return (_attached(sr, pbd), _default(session, sr))


def local_sr(
    session: Session, host: Host, target: Target, *, device: str | None, kind: str | None
) -> tuple[Sr, Pbd] | None:
    """Give the SR of that type on that device of this host; None for either is any local disk, any type."""
    for pbd in api.pbds_of(session, host):
        if not pbd.device or (device and target.path(device).resolve() != target.path(pbd.device).resolve()):
            continue
        sr = api.get(session, pbd.sr)
        if kind in (None, sr.type):
            return sr, pbd
    return None


def _attached(sr: Sr, pbd: Pbd) -> Verification:
    what = f"SR {sr.uuid} ({sr.type}) on {pbd.device}"
    if pbd.attached and sr.size > 0:
        return seen("storage.sr", f"{what} is attached, {sr.size / _GIB:.1f} GiB")
    state = "is attached and has no size" if pbd.attached else "is not attached"
    return wrong("storage.sr", f"{what} {state}", remedy="look at /var/log/SMlog, then: xe pbd-plug")


def _default(session: Session, sr: Sr) -> Verification:
    default = pools.this_pool(session).default_SR
    if default == sr.ref:
        return seen("storage.default_sr", f"new disks go to SR {sr.uuid}")
    other = "no SR" if default == NULL else f"SR {api.get(session, default).uuid}"
    return wrong("storage.default_sr", f"new disks go to {other}", remedy=f"xe pool-param-set default-SR={sr.uuid}")


def _management(session: Session, host: Host, expected: Expectations) -> tuple[Verification, ...]:
    pif = pifs.management_of(session, host)
    if pif is None:
        remedy = "make one of `xe pif-list` it: xe host-management-reconfigure"
        return (wrong("network.management", "the host has no management interface", remedy=remedy),)
    address = management_address(host, pif)
    attached = _management_pif(pif, address, expected)
    if not address:
        return (attached,)
    return (attached, _https(address, port=expected.https_port))


def management_address(host: Host, pif: Pif) -> str:
    """Give the address that clients use: the interface's own, or what xapi has found the host to have."""
    return pif.address or host.address


def _management_pif(pif: Pif, address: str, expected: Expectations) -> Verification:
    what = f"{pif.device} ({pif.mac})"
    remedy = "look at `xe pif-list management=true params=all` and `journalctl -b -u xcp-networkd`"
    if expected.management_mac is not None and pif.mac.lower() != expected.management_mac.lower():
        return wrong(
            "network.management",
            f"{what} is the management interface, planned is {expected.management_mac}",
            remedy=remedy,
        )
    if not pif.attached or not address:
        state = "has no address" if pif.attached else "is not up"
        return wrong("network.management", f"the management interface {what} {state}", remedy=remedy)
    if expected.management_address is not None and address != expected.management_address:
        return wrong(
            "network.management", f"{what} has {address}, planned is {expected.management_address}", remedy=remedy
        )
    return seen("network.management", f"{what} is up with {address}")


def _https(address: str, *, port: int) -> Verification:
    try:
        door = knock(address, port=port)
    except (OSError, http.client.HTTPException) as error:
        return wrong(
            "network.https",
            f"https://{address}:{port} does not answer: {error}",
            remedy="look at `systemctl status stunnel@xapi xapi` and at the certificate /etc/xensource/xapi-ssl.pem",
        )
    return seen(
        "network.https",
        f"https://{address}:{port} answers {door.status} ({door.tls}), certificate SHA-256 {door.fingerprint}",
    )

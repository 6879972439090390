"""Step `configure_management`: the management network, through XenAPI, as xapi's own network-init would do it once.

The calls are those of xen-api's scripts/network-init, but the address is waited for first: host.management_reconfigure
wants one at once.
"""

import json
from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import ClassVar, Literal, Self

from zeus_installer.answers.model import Static
from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target
from zeus_installer.xenapi import host as hosts
from zeus_installer.xenapi import pif as pifs
from zeus_installer.xenapi import pool as pools
from zeus_installer.xenapi.errors import ConnectionLostError
from zeus_installer.xenapi.host import Host
from zeus_installer.xenapi.pif import Addressing, Pif
from zeus_installer.xenapi.readiness import with_session
from zeus_installer.xenapi.session import Session
from zeus_installer.xenapi.waiting import wait_for

_PROGRAM_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureManagement(Step):
    """Make the NIC with `mac` the management interface.

    `address` with its prefix length, or None for DHCP; `seconds` is how long the address may take.
    """

    id: ClassVar[str] = "configure_management"
    title: ClassVar[str] = "Configure the management network"
    half: ClassVar[Literal["dom0"]] = "dom0"

    mac: str
    address: str | None = None
    gateway: str | None = None
    dns: tuple[str, ...] = ()
    hostname: str | None = None
    seconds: int = 180

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Take the chosen NIC and the answers' addresses."""
        wanted = context.answers.network.management
        if wanted.ipv4 == "none":
            raise UsageError("network.ipv4", 'network.management.ipv4 = "none" is not carried out by this version')
        static = wanted.ipv4 if isinstance(wanted.ipv4, Static) else None
        return cls(
            mac=(context.nics[0].mac or "").lower(),
            address=static.address if static else None,
            gateway=static.gateway if static else None,
            dns=wanted.dns,
            hostname=context.answers.host.hostname,
        )

    @property
    def addressing(self) -> Addressing:
        """What XenAPI is asked for. It ignores DNS servers under DHCP, so they are not given."""
        if self.address is None:
            return Addressing(mode="DHCP")
        static = IPv4Interface(self.address)
        return Addressing(
            mode="Static",
            ip=str(static.ip),
            netmask=str(static.netmask),
            gateway=self.gateway or "",
            dns=",".join(self.dns),
        )

    @property
    def domain(self) -> str:
        """The search domain that goes with static DNS servers: that of the host's own name."""
        return (self.hostname or "").partition(".")[2] if self.address and self.dns else ""

    def describe(self) -> Change:
        """Tell the addresses."""
        via = f" via {self.gateway}" if self.gateway else ""
        how = f"{self.address}{via}" if self.address else "DHCP"
        servers = f", DNS {', '.join(self.dns)}" if self.address and self.dns else ""
        return Change(changes=(f"XenAPI: the NIC {self.mac} carries the management network: {how}{servers}",))

    def is_done(self, target: Target) -> bool:
        """Whether the interface is the management one, addressed as asked, and has its address."""
        with Session(target) as session, session.doing("look at the management network"):
            host = hosts.this_host(session)
            pif = _by_mac(pifs.pifs_of(session, host), self.mac)
            return (
                pif is not None
                and self._is_configured(pif)
                and pif.attached
                and bool(pif.address)
                and pif.management
                and (self.hostname is None or host.hostname == self.hostname)
                and pools.this_pool(session).tls_verification_enabled
            )

    def apply(self, target: Target, report: Reporter) -> None:
        """Bring it about, going on where an interrupted attempt ended."""
        with_session(target, lambda session: self._configure(session, target, report), report=report)

    def _is_configured(self, pif: Pif) -> bool:
        domain = not self.domain or pif.other_config.get("domain") == self.domain
        return pif.is_addressed_by(self.addressing) and pif.ipv6_mode == "None" and domain

    def _configure(self, session: Session, target: Target, report: Reporter) -> None:
        host = hosts.this_host(session)
        if self.hostname is not None and host.hostname != self.hostname:
            with session.doing(f"name the host {self.hostname}"):
                hosts.set_hostname(session, host, self.hostname)
        with session.doing("look for network interfaces"):
            pifs.scan(session, host)
            pif = self._pif(session, host)
        with session.doing(f"configure the management interface {pif.device} ({self.mac})"):
            self._address(session, pif)
            if not pif.attached:
                pifs.plug(session, pif)
            _wait_for_address(session, target, pif, seconds=self.seconds, report=report)
            if not pif.management:
                report.log(f"making {pif.device} the management interface")
                hosts.management_reconfigure(session, pif.ref)
            _confirm(session, pif)
        _plug_the_others(session, host, report)
        with session.doing("finish the network's configuration"):
            pools.sync_database(session)
            if not pools.this_pool(session).tls_verification_enabled:
                pools.enable_tls_verification(session)

    def _pif(self, session: Session, host: Host) -> Pif:
        known = pifs.pifs_of(session, host)
        found = _by_mac(known, self.mac)
        if found is None:
            seen = ", ".join(f"{pif.device} ({pif.mac})" for pif in known if pif.physical) or "none"
            raise ZeusError(
                "network.no_pif",
                f"xapi knows no network interface with the MAC address {self.mac}; it knows: {seen}",
                hint="is the NIC's driver in dom0's kernel? `ip link` and `journalctl -b -u xcp-networkd` tell",
            )
        return found

    def _address(self, session: Session, pif: Pif) -> None:
        if not pif.is_addressed_by(self.addressing):
            pifs.reconfigure_ip(session, pif, self.addressing)
        if pif.ipv6_mode != "None":
            pifs.switch_ipv6_off(session, pif)
        if self.domain and pif.other_config.get("domain") != self.domain:
            pifs.set_domain(session, pif, self.domain)


def _confirm(session: Session, pif: Pif) -> None:
    """management_reconfigure swallows some refusals (xen-api, ocaml/xapi/xapi_host.ml): see what came of it."""
    if not pifs.get(session, pif.ref).management:
        raise ZeusError(
            "network.not_management",
            f"xapi took the call and did not make {pif.device} ({pif.mac}) the management interface",
            hint="look at `journalctl -b -u xapi` for `management_reconfigure`, then: zeus resume",
        )


def _by_mac(known: tuple[Pif, ...], mac: str) -> Pif | None:
    return next((pif for pif in known if pif.physical and pif.mac.lower() == mac.lower()), None)


def _plug_the_others(session: Session, host: Host, report: Reporter) -> None:
    """Bring up the other interfaces, for guests. A NIC that will not come up does not stop the installation."""
    for pif in pifs.pifs_of(session, host):
        if pif.managed and pif.physical and not pif.attached:
            try:
                with session.doing(f"bring up {pif.device} ({pif.mac})"):
                    pifs.plug(session, pif)
            except ConnectionLostError:
                raise
            except ZeusError as error:
                report.warning(error.message)


def _wait_for_address(session: Session, target: Target, pif: Pif, *, seconds: float, report: Reporter) -> None:
    bridge = pifs.bridge_of(session, pif)
    found = wait_for(
        lambda: _leased_or_set(pifs.get(session, pif.ref)) or _address_of(target, bridge),
        seconds=seconds,
        report=report,
        what=lambda: f"waiting for an IPv4 address on {pif.device} (bridge {bridge})",
    )
    if found is None:
        tried = "DHCP, and no server answered" if pifs.get(session, pif.ref).addressing.mode == "DHCP" else "static"
        raise ZeusError(
            "network.no_address",
            f"no IPv4 address on {pif.device} ({pif.mac}, bridge {bridge}) within {seconds:g} s; "
            f"tried: {tried}; link: {_link(target, pif.device)}",
            hint="check cable, switch port and DHCP server, or give a static address in [network.management]",
        )
    report.log(f"management address {found} on {pif.device} (bridge {bridge})")


def _leased_or_set(pif: Pif) -> str | None:
    """The address that xapi has; a static one stands in the record long before the interface is up."""
    return pif.address or None if pif.attached else None


def _address_of(target: Target, bridge: str) -> str | None:
    """What the kernel says: xapi learns of a lease some time after dom0 has it."""
    try:
        shown = target.run(["ip", "-j", "-4", "addr", "show", "dev", bridge], timeout=_PROGRAM_SECONDS).stdout
        addresses = [item["local"] for link in json.loads(shown) for item in link.get("addr_info", ())]
    except (ZeusError, ValueError):
        return None
    return str(addresses[0]) if addresses else None


def _link(target: Target, device: str) -> str:
    match (target.read(f"/sys/class/net/{device}/carrier") or "").strip():
        case "1":
            return "up"
        case "0":
            return "down"
    return "not known"

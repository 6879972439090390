"""The toolstack's services, as systemd sees them. The list: xen-api, scripts/toolstack.target, and Xen's own units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target
from zeus_installer.verify.model import Expectations, Verification, seen, wrong

_PROGRAM_SECONDS = 30.0
_PROPERTIES = "Id,LoadState,ActiveState,SubState,Result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A unit, and what there is none of without it.

    `optional`: a host can do without the package that brings it. `backend`: the network backend that it belongs to.
    """

    unit: str
    gives: str
    optional: bool = False
    backend: str | None = None


SERVICES: Final = (
    Service(unit="proc-xen.mount", gives="xenfs, by which programs speak to Xen"),
    Service(unit="xenstored.service", gives="store that domains and toolstack share"),
    Service(unit="xen-init-dom0.service", gives="record of dom0 in Xen's store"),
    Service(unit="xenconsoled.service", gives="console of guests"),
    Service(unit="message-switch.service", gives="way for the toolstack's parts to speak to each other"),
    Service(unit="forkexecd.service", gives="way for xapi to start programs"),
    Service(unit="xcp-rrdd.service", gives="performance data"),
    Service(unit="squeezed.service", gives="memory for guests"),
    Service(unit="xapi-storage-script.service", gives="storage driver of the newer kind"),
    Service(unit="xcp-networkd.service", gives="bridge with an address"),
    Service(unit="xenopsd-xc.service", gives="way to start guests"),
    Service(unit="v6d.service", gives="word on which features xapi may use"),
    Service(unit="xapi.service", gives="XenAPI"),
    Service(unit="ovsdb-server.service", gives="configuration of Open vSwitch", backend="openvswitch"),
    Service(unit="ovs-vswitchd.service", gives="bridge of Open vSwitch", backend="openvswitch"),
    Service(unit="perfmon.service", gives="alarm of dom0", optional=True),
    Service(unit="tapback.service", gives="disk for guests", optional=True),
    Service(unit="cpumond.service", gives="figure of dom0's load", optional=True),
    Service(unit="varstored-guard.service", gives="UEFI variable of guests", optional=True),
)


def check_services(target: Target, expected: Expectations) -> tuple[Verification, ...]:
    """Check that each unit is there and active; an optional one may be missing."""
    wanted = [service for service in SERVICES if service.backend in (None, expected.backend)]
    try:
        states = _states(target, [service.unit for service in wanted])
    except ZeusError as error:
        return (wrong("services", f"not known: {error.message}", remedy="is this a system that systemd has started?"),)
    found = ((service, states.get(service.unit, {})) for service in wanted)
    return tuple(_judge(service, state) for service, state in found if _is_installed(state) or not service.optional)


def _judge(service: Service, state: Mapping[str, str]) -> Verification:
    check = f"service.{service.unit.rpartition('.')[0]}"
    if not _is_installed(state):
        return wrong(
            check,
            f"{service.unit} is not installed: there is no {service.gives}",
            remedy=f"install the package that brings {service.unit}",
        )
    if state.get("ActiveState") == "active":
        return seen(check, f"{service.unit} is active ({state.get('SubState', '')})")
    result = state.get("Result", "success")
    why = "" if result == "success" else f", {result}"
    return wrong(
        check,
        f"{service.unit} is {state.get('ActiveState', 'unknown')}{why}: there is no {service.gives}",
        remedy=f"look at `journalctl -b -u {service.unit}`, then: systemctl start {service.unit}",
    )


def _is_installed(state: Mapping[str, str]) -> bool:
    return state.get("LoadState", "not-found") != "not-found"


def _states(target: Target, units: list[str]) -> dict[str, dict[str, str]]:
    """Ask systemd about all units at once; it answers with a block of `KEY=value` lines for each."""
    shown = target.run(["systemctl", "show", f"--property={_PROPERTIES}", "--", *units], timeout=_PROGRAM_SECONDS)
    blocks = (dict(line.split("=", 1) for line in block.splitlines()) for block in shown.stdout.split("\n\n"))
    return {block["Id"]: block for block in blocks if "Id" in block}

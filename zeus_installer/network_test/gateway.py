"""The gateway: does it answer on this wire? Once it does, it is the way out."""

from collections.abc import Callable, Sequence

from zeus_installer.checks.model import Finding, failed, passed, warning
from zeus_installer.network_test.dns import Address
from zeus_installer.network_test.iproute import Interface, ip
from zeus_installer.network_test.outcome import Bench, Check, Outcome, Way

# Gives the gateway's hardware address when it answers.
Find = Callable[[Address, Interface, Bench], str | None]


def go_out(
    findings: Sequence[Finding],
    *,
    address: Interface,
    gateway: Address | None,
    servers: tuple[Address, ...] = (),
    bench: Bench,
    find: Find,
) -> Outcome:
    """Look for the gateway, go through it, and end the family's test with what it came to."""
    mac = None
    if gateway is not None:
        with bench.report.task("gateway", f"Does the gateway {gateway} answer?"), bench.place.enter():
            mac = find(gateway, address, bench)
    if mac is not None and bench.place.ours:
        ip(
            f"-{address.version}",
            "route",
            "replace",
            "default",
            "via",
            str(gateway),
            "dev",
            bench.place.interface,
            "onlink",
        )
    # What is the machine's own has the machine's own routes too, whatever the answers say of a gateway.
    routed = mac is not None or (gateway is None and not bench.place.ours)
    limit = "" if routed else "there is no gateway" if gateway is None else f"the gateway {gateway} does not answer"
    way = Way(place=bench.place, address=address, routed=routed, servers=servers, limit=limit)
    return Outcome(findings=(*findings, judge_gateway(gateway, mac, address)), way=way)


def judge_gateway(gateway: Address | None, mac: str | None, address: Interface) -> Finding:
    """Say how far the way goes."""
    if gateway is None:
        return warning(
            Check.GATEWAY,
            f"no gateway is known: only {address.network} can be reached",
            remedy="name a gateway, here or in the DHCP server's or router's settings",
        )
    if mac is None:
        return failed(
            Check.GATEWAY,
            f"the gateway {gateway} does not answer",
            remedy="check its address, the network's prefix length and the VLAN",
        )
    return passed(Check.GATEWAY, f"the gateway {gateway} answers ({mac})")

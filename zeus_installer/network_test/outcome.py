"""What the test of one family of addresses works with, and what it comes to."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum

from zeus_installer.checks.model import Finding, failed, passed, unknown
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dns import Address
from zeus_installer.network_test.iproute import Interface
from zeus_installer.network_test.port import Place
from zeus_installer.system.events import Reporter


class Check(StrEnum):
    """The findings, in the order in which they are shown."""

    LINK = "network.link"
    ADDRESS = "network.address"
    CONFLICT = "network.conflict"
    GATEWAY = "network.gateway"
    DNS = "network.dns"
    REPOSITORY = "network.repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where a family is tested, until when, and who hears of it. `stack` is undone when the whole test is over.

    `remarks` are what else can be the matter with a NIC that looks well and hears nothing.
    """

    place: Place
    deadline: Deadline
    report: Reporter
    stack: ExitStack
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a family of addresses gets out: from where, with which address, and how far.

    `routed`: a gateway answers; without one only `address`'s own network is reached. `servers` are the name servers
    that DHCP or the router named. `limit` says why it goes no further.
    """

    place: Place
    address: Interface
    routed: bool
    servers: tuple[Address, ...] = ()
    limit: str = ""

    def reaches(self, target: Address) -> bool:
        """Whether there is any use in sending something to `target`."""
        if target.version != self.address.version:
            return False
        return self.routed or target.is_link_local or target in self.address.network


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The findings about one family, and the way out if there is one; `missing` says why there is none."""

    findings: tuple[Finding, ...]
    way: Way | None = None
    missing: str = ""


def not_tested(check: Check, because: str) -> Finding:
    """Stand for a test that makes no sense after what was found before."""
    return unknown(check, f"not tested: {because}")


def stopped(findings: Sequence[Finding], because: str) -> Outcome:
    """End a family's test: what has no finding yet was not tested."""
    done = {finding.id for finding in findings}
    rest = (check for check in (Check.ADDRESS, Check.CONFLICT, Check.GATEWAY) if check not in done)
    return Outcome(findings=(*findings, *(not_tested(check, because) for check in rest)), missing=because)


def judge_conflict(address: Address, owner: str | None) -> Finding:
    """Say whether the address is free for us; `owner` is who has it, as far as that is known."""
    if owner is None:
        return passed(Check.CONFLICT, f"nobody else uses {address}")
    return failed(
        Check.CONFLICT,
        f"{address} is in use by {owner}",
        remedy="choose another address, or take it from the machine that has it",
    )

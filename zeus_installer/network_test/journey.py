"""The whole test in its order: the links, then a trip over the first NIC that has one."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from zeus_installer.answers.model import Management
from zeus_installer.checks.model import Finding, failed, passed, warning
from zeus_installer.machine.model import Nic
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.iproute import Link
from zeus_installer.network_test.namespaces import PrivateNetwork
from zeus_installer.network_test.outcome import Check, not_tested
from zeus_installer.network_test.port import wait_for_links, woken
from zeus_installer.network_test.trip import Trip
from zeus_installer.system.errors import sentence_list
from zeus_installer.system.events import Reporter

_LINK_SECONDS = 6.0

Say = Callable[[Finding], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be tested. `seconds` bound the whole; `parent` is the process that wants to know."""

    management: Management
    nics: tuple[Nic, ...]
    repositories: tuple[str, ...]
    seconds: float
    parent: int


def travel(order: Order, network: PrivateNetwork, stack: ExitStack, say: Say, report: Reporter) -> None:
    """Test; findings are said as they come. All that is done for it is undone with `stack`."""
    deadline = Deadline(order.seconds)
    names = [nic.name for nic in order.nics]
    asleep = stack.enter_context(woken(network, names))
    with report.task("link", f"Look for a link on {sentence_list(names)}"):
        links = wait_for_links(network, names, deadline.within(_LINK_SECONDS))
    say(judge_links(order.nics, links))
    nic = next((name for name, link in links.items() if link is not None and link.carrier), None)
    if nic is None:
        for check in list(Check)[1:]:
            say(not_tested(check, "no link"))
        return
    trip = Trip(
        management=order.management,
        repositories=order.repositories,
        network=network,
        stack=stack,
        deadline=deadline,
        report=report,
    )
    outcomes = []
    for outcome in trip.families(nic, idle=nic in asleep):
        outcomes.append(outcome)
        for finding in outcome.findings:
            say(finding)
    for finding in trip.beyond(outcomes):
        say(finding)


def judge_links(nics: Sequence[Nic], links: dict[str, Link | None]) -> Finding:
    """Judge the links of the NICs; a bond can do with some."""
    shown = {nic.name: f"{nic.name} ({nic.mac})" if nic.mac else nic.name for nic in nics}
    gone = [shown[name] for name, link in links.items() if link is None]
    without = [shown[name] for name, link in links.items() if link is not None and not link.carrier]
    if not (gone or without):
        return passed(Check.LINK, f"{sentence_list(shown.values())}: link is up")
    parts = [f"{sentence_list(gone)}: not on this machine"] if gone else []
    parts += [f"{sentence_list(without)}: no link"] if without else []
    some = len(gone) + len(without) < len(links)
    remedy = "plug in the cable, switch the port on, or choose another NIC"
    return (warning if some else failed)(Check.LINK, "; ".join(parts), remedy=remedy)

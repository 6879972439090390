"""The door of this room: `test_network`. It starts the process that does the work, and listens to it."""

import json
import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, cast

from zeus_installer.answers.model import Answers
from zeus_installer.checks.model import Finding, unknown
from zeus_installer.machine.model import Nic
from zeus_installer.network_test.iproute import link
from zeus_installer.network_test.journey import Order
from zeus_installer.network_test.outcome import Check, not_tested
from zeus_installer.network_test.port import put_to_sleep
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.events import Event, Reporter
from zeus_installer.system.own import start_own

log = logging.getLogger(__name__)

_SECONDS = 30.0


def test_network(
    answers: Answers, nics: tuple[Nic, ...], *, repositories: Sequence[str], report: Reporter
) -> tuple[Finding, ...]:
    """Test the management network of `answers` on `nics` (a bond's members, or the one NIC), in half a minute at most.

    `repositories` are base URLs. The running network stays as it is, however this ends: a NIC that was down is up for
    the time of the test. The findings come in the order of `Check`; those on addresses, one for each family.
    """
    if not nics:
        return (unknown(Check.LINK, "no network interface is chosen", remedy="choose one"),)
    if any(nic.kind != "ethernet" for nic in nics):
        return (unknown(Check.LINK, "only Ethernet can be tested", remedy="choose an Ethernet interface"),)
    if os.geteuid() != 0:
        return (unknown(Check.LINK, "the network cannot be tested without root", remedy="run zeus as root"),)
    order = Order(
        management=answers.network.management,
        nics=nics,
        repositories=tuple(repositories),
        seconds=_SECONDS,
        parent=os.getpid(),
    )
    with report.task("network", "Test the network") as part:
        findings, broken = _ask(order, part)
    missing = [check for check in Check if broken and check not in {finding.id for finding in findings}]
    findings += [not_tested(check, broken) for check in missing]
    return tuple(sorted(findings, key=lambda finding: list(Check).index(Check(finding.id))))


# It is no test of pytest's, whatever its name says.
test_network.__test__ = False  # type: ignore[attr-defined]


def _ask(order: Order, report: Reporter) -> tuple[list[Finding], str]:
    """Give the findings, and why there are no more of them."""
    found = [link(nic.name) for nic in order.nics]
    asleep = [one.name for one in found if one is not None and not one.up]
    findings: list[Finding] = []
    broken = ""
    with tempfile.TemporaryFile("w+", errors="replace") as words:
        child = start_own("network_test", stderr=words)
        try:
            for kind, content in _converse(child, order):
                if kind == "event":
                    report.forward(Event.from_line(json.dumps(content)))
                elif kind == "finding":
                    findings.append(decode(Finding, content))
                else:
                    broken = str(content)
        except BaseException:
            child.terminate()
            raise
        finally:
            status = child.wait()
            if status < 0:
                # It was killed before it could tidy up. What it had made went with its network namespace.
                put_to_sleep(asleep)
        words.seek(0)
        log.debug("network test: exit status %d: %s", status, words.read())
    return findings, broken or ("the test broke off" if status else "")


def _converse(child: subprocess.Popen[str], order: Order) -> Iterator[tuple[str, object]]:
    """Send the order; give the lines that come back, each as its kind and content."""
    to_child, from_child = cast("IO[str]", child.stdin), cast("IO[str]", child.stdout)
    with from_child:
        with suppress(BrokenPipeError), to_child:
            json.dump(encode(order), to_child)
        for line in from_child:
            if not line.endswith("\n"):
                break  # it died in the middle of a line
            yield from json.loads(line).items()

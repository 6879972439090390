"""Screen 4, the network: how dom0 is reached, and a test of it that changes nothing for good."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from zeus_installer.checks.model import Finding
from zeus_installer.checks.nics import check_nics
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Button, Choice, Line, Note, Option, Pick, Screen, Text, Toggle
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.screens.machine import finding_lines
from zeus_installer.screens.nics import first_with_link, nic_rows
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines
from zeus_installer.system.codec import decode, encode

_IPV4: Final = (
    Option(
        key="dhcp", label="DHCP", note="a server in the network gives address, router and name servers", value="dhcp"
    ),
    Option(key="static", label="static", note="always the same address", value={}),
    Option(key="none", label="none", note="no IPv4", value="none"),
)
_IPV6: Final = (
    Option(key="none", label="none", note="no IPv6", value="none"),
    Option(key="auto", label="automatic", note="from router advertisements (SLAAC)", value="auto"),
    Option(key="dhcp", label="DHCPv6", note="a server in the network gives the address", value="dhcp"),
    Option(key="static", label="static", note="always the same address", value={}),
)
_MODES: Final = (
    Option(
        key="active-backup", label="active-backup", note="one NIC works, the next takes over", value="active-backup"
    ),
    Option(key="balance-slb", label="balance-slb", note="guests are spread over the NICs", value="balance-slb"),
    Option(key="lacp", label="LACP", note="802.3ad; the switch must have a matching group", value="lacp"),
)
_BACKENDS: Final = (
    Option(key="openvswitch", label="Open vSwitch", note="the usual choice, as on an XCP host", value="openvswitch"),
    Option(key="bridge", label="bridge", note="the kernel's own bridges", value="bridge"),
)


def _hostname(desk: Desk) -> str:
    known = desk.machine.hostname if desk.machine else None
    return known if known and not known.startswith("localhost") else ""


def _test(wizard: Wizard) -> None:
    """Have the network tested; the result is shown over the screen, and stays at its end."""
    desk = wizard.desk
    if not wizard.is_good():
        return

    def heard(job: Job, _message: Message) -> None:
        if not job.running:
            desk.said = ""
            wizard.face.tell("Network test", _tested(desk))

    order = {"answers": wizard.good_data(), "machine": encode(desk.machine)}
    wizard.order("network", order, title="Testing the network", heard=heard)
    desk.said = "testing link, address, router, name server and repository: half a minute at most"


def _tested(desk: Desk) -> Sequence[Line]:
    job = desk.jobs.get("network")
    if job is None or job.result is None:
        return job_lines(job)
    return list(finding_lines(decode(tuple[Finding, ...], job.result["findings"])))


def _bonded(desk: Desk) -> bool:
    return desk.is_on("bond")


def _static(family: str, desk: Desk) -> bool:
    return desk.inputs.get(family) == "static"


_KEY: Final = "network.management"
_HEADS: Final = ("NIC", "MAC address", "driver", "speed", "link")
SCREEN: Final = Screen(
    id="network",
    title="Network",
    intro="The management network: how you and XenAPI clients reach this host.",
    items=(
        Text(name="hostname", label="Host name", path="host.hostname", default=_hostname),
        Pick(
            name="nic",
            label="Interface",
            path=f"{_KEY}.nic",
            heads=_HEADS,
            rows=partial(nic_rows, plain=True),
            required="pick the NIC that the host is managed on",
            default=first_with_link,
            visible_when=lambda desk: not _bonded(desk),
        ),
        Toggle(name="bond", label="Bond several NICs", help="Several NICs as one: more speed, or one that may fail."),
        Pick(
            name="members",
            label="Members",
            path=f"{_KEY}.nic.bond.members",
            heads=_HEADS,
            many=True,
            rows=partial(nic_rows, plain=False),
            visible_when=_bonded,
        ),
        Choice(
            name="mode",
            label="Mode",
            path=f"{_KEY}.nic.bond.mode",
            options=lambda _desk: _MODES,
            visible_when=_bonded,
        ),
        Choice(name="ipv4", label="IPv4", path=f"{_KEY}.ipv4", options=lambda _desk: _IPV4),
        Text(
            name="ipv4_address",
            label="Address",
            path=f"{_KEY}.ipv4.address",
            help="With the length of its prefix: 192.0.2.10/24",
            visible_when=partial(_static, "ipv4"),
        ),
        Text(name="ipv4_gateway", label="Router", path=f"{_KEY}.ipv4.gateway", visible_when=partial(_static, "ipv4")),
        Choice(name="ipv6", label="IPv6", path=f"{_KEY}.ipv6", options=lambda _desk: _IPV6),
        Text(
            name="ipv6_address",
            label="Address",
            path=f"{_KEY}.ipv6.address",
            help="With the length of its prefix: 2001:db8::10/64",
            visible_when=partial(_static, "ipv6"),
        ),
        Text(name="ipv6_gateway", label="Router", path=f"{_KEY}.ipv6.gateway", visible_when=partial(_static, "ipv6")),
        Text(name="vlan", label="VLAN", path=f"{_KEY}.vlan", number=True, help="Empty: the network is not tagged."),
        Text(name="dns", label="Name servers", path=f"{_KEY}.dns", many=True, help="Addresses, between commas."),
        Text(
            name="ntp", label="Time servers", path=f"{_KEY}.ntp", many=True, help="Names or addresses, between commas."
        ),
        Choice(name="backend", label="Switch", path="network.backend", options=lambda _desk: _BACKENDS),
        Note(lines=_tested),
    ),
    buttons=(
        Button(
            label="Test",
            press=_test,
            help="Tries link, address, router, name server and repository, without changing the running network.",
            visible_when=lambda desk: desk.machine_file is None and not desk.is_busy("network"),
        ),
        Button(
            label="Stop the test",
            press=lambda wizard: wizard.cancel("network"),
            visible_when=lambda desk: desk.is_busy("network"),
        ),
    ),
    judge=check_nics,
    results=("network",),
)

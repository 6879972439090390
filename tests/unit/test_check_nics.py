"""The management NICs: exactly those that the rule asks for, or the table of candidates."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answers.model import Answers, Bond, Management, Network, NicMatch, NicRule
from zeus_installer.checks.model import Verdict
from zeus_installer.checks.nics import check_nics, choose_nics
from zeus_installer.machine.model import Cpu, Firmware, Iommu, Kernel, Machine, Memory, Nic, Os, Unread, Xen
from zeus_installer.system.errors import UsageError

ETH0 = Nic(name="enp1s0", mac="52:54:00:00:00:01", driver="virtio_net", speed=1000, carrier=True)
ETH1 = Nic(name="enp2s0", mac="52:54:00:00:00:02", driver="e1000e", carrier=False)
ETH2 = Nic(name="enp3s0", mac="52:54:00:00:00:03", driver="e1000e")


def machine(*nics: Nic) -> Machine:
    return Machine(
        cpu=Cpu(vendor=None, model=None, threads=None),
        iommu=Iommu(kind=None, state=None),
        firmware=Firmware(type=None),
        memory=Memory(bytes=None),
        xen=Xen(running=False),
        kernel=Kernel(release=None),
        os=Os(id=None),
        nics=nics,
    )


def answers(nic: NicRule | None) -> Answers:
    return Answers(network=Network(management=Management(nic=nic)))


def error_of(rule: NicRule | None, *nics: Nic) -> str:
    with pytest.raises(UsageError) as caught:
        choose_nics(answers(rule), machine(*nics))
    assert caught.value.code == "network.nic"
    return str(caught.value)


def test_without_a_rule_it_is_the_only_nic_with_a_link() -> None:
    assert choose_nics(Answers(), machine(ETH0, ETH1, ETH2)) == (ETH0,)


def test_two_links_are_an_error() -> None:
    both = dataclasses.replace(ETH1, carrier=True)
    assert error_of(None, ETH0, both, ETH2) == (
        "network.management.nic matches 2 NICs with a link, wants 1\n"
        "  enp1s0  52:54:00:00:00:01  virtio_net  1000 Mbit/s  link   matches\n"
        "  enp2s0  52:54:00:00:00:02  e1000e                   link   matches\n"
        "  enp3s0  52:54:00:00:00:03  e1000e                   link?  link not known\n"
        'hint: name one by its address: nic = { mac = "…" }'
    )


def test_a_machine_without_nics() -> None:
    assert error_of(None).splitlines()[:2] == [
        "network.management.nic matches 0 NICs with a link, wants 1",
        "  this machine has no NIC",
    ]


def test_a_mac_address_in_any_case() -> None:
    nics = machine(ETH0, dataclasses.replace(ETH1, mac="52:54:00:00:00:0a"))
    assert choose_nics(answers(NicRule(mac="52:54:00:00:00:0A")), nics) == (nics.nics[1],)


def test_a_mac_address_that_is_not_there() -> None:
    assert error_of(NicRule(mac="52:54:00:00:00:99"), ETH1) == (
        "network.management.nic matches 0 NICs with MAC address 52:54:00:00:00:99, wants 1\n"
        "  enp2s0  52:54:00:00:00:02  e1000e  no link  another MAC address\n"
        'hint: name one by its address: nic = { mac = "…" }'
    )


def test_conditions_say_why_not() -> None:
    rule = NicRule(match=NicMatch(link=False, driver="virtio_net", name="enp2s0"), count=2)
    assert error_of(rule, ETH0, ETH1).splitlines()[:3] == [
        "network.management.nic matches 0 NICs, wants 2",
        "  enp1s0  52:54:00:00:00:01  virtio_net  1000 Mbit/s  link     has a link, name is not enp2s0",
        "  enp2s0  52:54:00:00:00:02  e1000e                   no link  driver is not virtio_net",
    ]


def test_the_count_is_exact() -> None:
    rule = NicRule(match=NicMatch(driver="e1000e"), count=2)
    assert choose_nics(answers(rule), machine(ETH0, ETH1, ETH2)) == (ETH1, ETH2)


def test_members_of_a_bond_keep_their_order() -> None:
    rule = NicRule(bond=Bond(members=(ETH2.mac or "", ETH0.mac or "")))
    assert choose_nics(answers(rule), machine(ETH0, ETH1, ETH2)) == (ETH2, ETH0)
    assert error_of(rule, ETH0).startswith("network.management.nic.bond.members[0] matches 0 NICs with MAC address ")


def test_what_cannot_carry_the_network() -> None:
    wireless = dataclasses.replace(ETH0, name="wlp1s0")
    nameless = dataclasses.replace(ETH0, mac=None)
    rule = NicRule(match=NicMatch(link=True))
    assert "wireless: cannot be bridged" in error_of(rule, wireless)
    assert "MAC address not known" in error_of(rule, nameless)
    assert error_of(rule, ETH0, dataclasses.replace(ETH0, name="enp9s0")).count("shares its MAC address") == 2


NICS = st.lists(
    st.builds(
        Nic,
        name=st.sampled_from(["a", "b", "wlan0"]),
        mac=st.none() | st.sampled_from(["52:54:00:00:00:01", "52:54:00:00:00:02", "52:54:00:00:00:03"]),
        driver=st.sampled_from([None, "e1000e"]),
        carrier=st.sampled_from([None, True, False]),
    ),
    max_size=5,
)


@given(NICS, st.sampled_from([None, True, False]), st.sampled_from([None, "e1000e"]), st.integers(1, 3))
def test_never_more_nor_fewer_than_asked(nics: list[Nic], link: bool | None, driver: str | None, count: int) -> None:
    rule = NicRule(match=NicMatch(link=link, driver=driver, name=None), count=count)
    try:
        chosen = choose_nics(answers(rule), machine(*nics))
    except UsageError:
        return
    assert len(chosen) == count
    assert all(link in (None, nic.carrier) and driver in (None, nic.driver) and nic.mac for nic in chosen)


def test_findings() -> None:
    assert check_nics(machine(ETH0), None).seen == "enp1s0 (52:54:00:00:00:01): link is up"
    named = answers(NicRule(mac=ETH1.mac))
    finding = check_nics(machine(ETH0, ETH1), named)
    assert (finding.id, finding.verdict, finding.seen) == (
        "network.link",
        Verdict.WARNING,
        "enp2s0 (52:54:00:00:00:02): no link",
    )
    assert check_nics(machine(ETH2), answers(NicRule(mac=ETH2.mac))).verdict == Verdict.UNKNOWN
    unread = dataclasses.replace(machine(), unread=(Unread(fact="nics", reason="no sys/class/net"),))
    assert check_nics(unread, Answers()).verdict == Verdict.UNKNOWN


def test_no_nic_fails() -> None:
    finding = check_nics(machine(ETH1), Answers())
    assert finding.verdict == Verdict.FAIL
    assert finding.seen == (
        "network.management.nic matches 0 NICs with a link, wants 1\n"
        "  enp2s0  52:54:00:00:00:02  e1000e  no link  no link"
    )
    assert finding.remedy == 'name one by its address: nic = { mac = "…" }'

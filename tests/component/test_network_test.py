"""The network test on real wires: what it finds, and that the machine's network is afterwards what it was before."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.component.lans import MACHINE_NIC, Lan, ip, lan

REPO = "http://repo.example/"
POOL = "--dhcp-range=192.0.2.50,192.0.2.60,1h"
STATIC = {"ipv4": {"address": "192.0.2.200/24", "gateway": "192.0.2.1"}, "dns": ["192.0.2.1"]}
ORDER = ["link", "address", "conflict", "gateway", "dns", "repository"]
CABLE = "plug in the cable, switch the port on, or choose another NIC"
TAKEN = "choose another address, or take it from the machine that has it"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path) as made:
        yield made


def verdicts(found: dict[str, list[tuple[str, str, str]]]) -> dict[str, list[str]]:
    return {check: [verdict for verdict, _, _ in rows] for check, rows in found.items()}


def alike(verdict: str, checks: list[str] = ORDER) -> dict[str, list[str]]:
    return {check: [verdict] for check in checks}


def all_well() -> dict[str, list[str]]:
    return alike("pass")


def server_mac(net: Lan) -> str:
    shown = ip("-n", net.server, "-o", "link", "show", "lan0")
    return shown.split("link/ether ")[1].split()[0]


def test_dhcp(net: Lan) -> None:
    log, web = net.dnsmasq(POOL), net.web()
    found = net.test({}, repositories=[REPO, f"{REPO}broken", "http://192.0.2.1/none/", "file:///run/media"])
    leased = found["address"][0][1].removeprefix("the DHCP server 192.0.2.1 lends ").partition("/")[0]
    assert found == {
        "link": [("pass", "eth0: link is up", "")],
        "address": [("pass", f"the DHCP server 192.0.2.1 lends {leased}/24 for 3600 s", "")],
        "conflict": [("pass", f"nobody else uses {leased}", "")],
        "gateway": [("pass", f"the gateway 192.0.2.1 answers ({server_mac(net)})", "")],
        "dns": [("pass", "the name server 192.0.2.1 answers: repo.example is 192.0.2.1", "")],
        "repository": [
            ("pass", f"{REPO} answers at 192.0.2.1: 200 OK", ""),
            (
                "fail",
                f"{REPO}broken answers at 192.0.2.1: 503 Service Unavailable",
                "look at the repository's server, or name another repository",
            ),
            ("pass", "http://192.0.2.1/none/ answers at 192.0.2.1: 404 Not Found", ""),
        ],
    }
    assert "repo.example /repodata/repomd.xml\n" in web.read_text()
    said = log.read_text()
    assert [said.count(f"{kind}(lan0)") for kind in ("DHCPACK", "DHCPRELEASE", "DHCPDECLINE")] == [1, 1, 0]
    assert (net.scratch / "leases").read_text() == ""


def test_the_nic_of_a_machine_that_is_down_is_up_for_the_test_only(net: Lan) -> None:
    log = net.dnsmasq(POOL)
    net.web()
    mac = ip("-n", net.machine, "-o", "link", "show", MACHINE_NIC).split("link/ether ")[1].split()[0]
    ip("-n", net.machine, "link", "set", MACHINE_NIC, "down")
    assert verdicts(net.test({})) == all_well()
    # Nobody uses the NIC, so the DHCP server is asked with the address that it will know later.
    assert mac in log.read_text()


def test_static(net: Lan) -> None:
    net.dnsmasq()
    net.web()
    found = net.test(STATIC, repositories=[REPO, "https://user:secret@repo.example/"])
    assert verdicts(found) == all_well() | {"repository": ["pass", "fail"]}
    assert found["address"] == [("pass", "192.0.2.200/24 could be set", "")]
    seen = "https://repo.example/ cannot be reached at 192.0.2.1: its certificate is not trusted: "
    assert found["repository"][1][1].startswith(seen)


def test_an_address_that_another_host_has(net: Lan) -> None:
    net.dnsmasq()
    found = net.test({"ipv4": {"address": "192.0.2.1/24"}, "dns": ["192.0.2.1"]})
    because = ("unknown", "not tested: 192.0.2.1 is in use", "")
    assert found == {
        "link": [("pass", "eth0: link is up", "")],
        "address": [because],
        "conflict": [("fail", f"192.0.2.1 is in use by {server_mac(net)}", TAKEN)],
        "gateway": [because],
        "dns": [because],
        "repository": [because],
    }


def test_a_leased_address_that_another_host_has_is_declined(net: Lan) -> None:
    log = net.dnsmasq("--dhcp-range=192.0.2.50,192.0.2.50,1h")
    ip("-n", net.server, "address", "add", "192.0.2.50/32", "dev", "lo")
    found = net.test({})
    assert verdicts(found) == all_well() | {"conflict": ["fail"]} | alike("unknown", ORDER[3:])
    assert log.read_text().count("DHCPDECLINE(lan0)") == 1


def test_the_address_that_the_machine_has_now_is_left_alone(net: Lan) -> None:
    """Its own address a second time would turn the gateway's answers away from it."""
    net.dnsmasq()
    net.web()
    ip("-n", net.machine, "address", "add", "192.0.2.200/24", "dev", MACHINE_NIC)
    ip("-n", net.machine, "route", "add", "default", "via", "192.0.2.1")
    found = net.test(STATIC)
    assert verdicts(found) == all_well()
    assert found["address"] == [("pass", "192.0.2.200/24 is set on eth0 already", "")]
    known = ip("-n", net.server, "neighbour", "show", "to", "192.0.2.200")
    mac = ip("-n", net.machine, "-o", "link", "show", MACHINE_NIC).split("link/ether ")[1].split()[0]
    assert mac in known


def test_no_gateway(net: Lan) -> None:
    net.dnsmasq(POOL, "--dhcp-option=3")
    net.web()
    found = net.test({}, repositories=[REPO, "http://198.51.100.1/"])
    assert verdicts(found) == all_well() | {"gateway": ["warning"], "repository": ["pass", "unknown"]}
    assert found["gateway"] == [
        (
            "warning",
            "no gateway is known: only 192.0.2.0/24 can be reached",
            "name a gateway, here or in the DHCP server's or router's settings",
        )
    ]
    assert found["repository"][1][1] == "not tested: there is no gateway (http://198.51.100.1/)"


def test_a_gateway_that_is_silent(net: Lan) -> None:
    found = net.test({"ipv4": {"address": "192.0.2.200/24", "gateway": "192.0.2.9"}, "dns": ["198.51.100.53"]})
    assert verdicts(found) == all_well() | {"gateway": ["fail"], "dns": ["unknown"], "repository": ["unknown"]}
    assert found["gateway"][0][1] == "the gateway 192.0.2.9 does not answer"
    assert found["dns"][0][1] == "not tested: the gateway 192.0.2.9 does not answer"


def test_a_wrong_name_server(net: Lan) -> None:
    net.dnsmasq()
    found = net.test(STATIC | {"dns": ["192.0.2.9"]})
    remedy = "check the addresses of the name servers, and that they know the name"
    assert found["dns"] == [("fail", "the name server 192.0.2.9 does not answer", remedy)]
    assert found["repository"] == [("unknown", f"not tested: no name server answers ({REPO})", "")]


def test_one_good_name_server_is_enough_and_an_unknown_name_is_said(net: Lan) -> None:
    net.dnsmasq()
    net.web()
    found = net.test(STATIC | {"dns": ["192.0.2.1", "192.0.2.9"]}, repositories=[REPO, "http://gone.example/"])
    assert verdicts(found) == all_well() | {"dns": ["warning"], "repository": ["pass", "unknown"]}
    assert found["dns"][0][1] == (
        "the name server 192.0.2.1 answers: repo.example is 192.0.2.1\nthe name server 192.0.2.9 does not answer"
    )
    assert found["repository"][1][1] == "not tested: no name server knows gone.example (http://gone.example/)"


def test_no_link(net: Lan) -> None:
    net.unplug(MACHINE_NIC, "lan0")
    found = net.test({})
    assert found.pop("link") == [("fail", "eth0: no link", CABLE)]
    assert found == {check: [("unknown", "not tested: no link", "")] for check in ORDER[1:]}


def test_a_silent_dhcp_server(net: Lan) -> None:
    found = net.test({})
    assert verdicts(found) == {"link": ["pass"], "address": ["fail"]} | alike("unknown", ORDER[2:])
    ((_, seen, remedy),) = found["address"]
    assert seen == "no DHCP server answers (4 requests)"
    assert remedy.startswith("check the VLAN and that a DHCP server serves this network, or set a static address; ")


def test_a_bond_is_tested_on_the_first_member_with_a_link(net: Lan) -> None:
    net.dnsmasq()
    net.web()
    net.plug("eth1", "lan1")
    net.unplug("eth1", "lan1")
    found = net.test(STATIC, nics=["eth1", MACHINE_NIC])
    assert verdicts(found) == all_well() | {"link": ["warning"]}
    assert found["link"] == [("warning", "eth1: no link", CABLE)]


def test_a_port_of_a_bridge_cannot_be_tested(net: Lan) -> None:
    ip("-n", net.machine, "link", "add", "br0", "type", "bridge")
    ip("-n", net.machine, "link", "set", MACHINE_NIC, "master", "br0")
    found = net.test(STATIC)
    assert found["address"] == [
        (
            "unknown",
            "eth0 is a port of br0, which takes all that comes in",
            "take eth0 out of br0, or choose another NIC",
        )
    ]
    assert verdicts(found) == {"link": ["pass"]} | alike("unknown", ORDER[1:])


def test_ipv6_from_a_router(net: Lan) -> None:
    net.dnsmasq("--enable-ra", "--dhcp-range=2001:db8::,ra-only")
    net.web()
    found = net.test({"ipv4": "none", "ipv6": "auto"})
    assert verdicts(found) == all_well()
    assert "gives 2001:db8:" in found["address"][0][1]
    assert found["repository"] == [("pass", f"{REPO} answers at 2001:db8::1: 200 OK", "")]


def test_static_ipv6(net: Lan) -> None:
    net.dnsmasq()
    net.web()
    wanted = {"ipv4": "none", "ipv6": {"address": "2001:db8::2/64", "gateway": "2001:db8::1"}, "dns": ["2001:db8::1"]}
    assert verdicts(net.test(wanted)) == all_well()
    taken = net.test(wanted | {"ipv6": {"address": "2001:db8::1/64"}})
    assert taken["conflict"] == [("fail", "2001:db8::1 is in use by another host", TAKEN)]


def test_both_families_have_a_finding_each(net: Lan) -> None:
    net.dnsmasq()
    net.web()
    found = net.test(STATIC | {"ipv6": {"address": "2001:db8::2/64"}})
    expected = {"address": ["pass"] * 2, "conflict": ["pass"] * 2, "gateway": ["pass", "warning"]}
    assert verdicts(found) == all_well() | expected


def test_without_root_it_says_so(net: Lan) -> None:
    # The project may lie in a directory that root alone can read.
    reads = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    found = net.test({}, before=["setpriv", "--reuid=65534", "--clear-groups", *reads])
    assert found == {"link": [("unknown", "the network cannot be tested without root", "run zeus as root")]}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("state", ["up", "down"])
def test_killed_half_way_it_leaves_nothing(net: Lan, number: signal.Signals, state: str) -> None:
    ip("-n", net.machine, "link", "set", MACHINE_NIC, state)
    before = net.state()
    test = net.start({})
    test.wait_for("network/dhcp")
    assert net.state() != before
    test.process.send_signal(number)
    assert test.process.wait() == -number
    net.wait_for_state(before)


@pytest.mark.parametrize("state", ["up", "down"])
def test_a_killed_child_is_said_and_leaves_nothing(net: Lan, state: str) -> None:
    ip("-n", net.machine, "link", "set", MACHINE_NIC, state)
    before = net.state()
    test = net.start({})
    test.wait_for("network/dhcp")
    os.kill(test.child(), signal.SIGKILL)
    found = test.findings()
    assert found["link"] == [("pass", "eth0: link is up", "")]
    assert found["address"] == [("unknown", "not tested: the test broke off", "")]
    net.wait_for_state(before)

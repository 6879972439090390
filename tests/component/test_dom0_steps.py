"""The steps in dom0 against the lab's xapi, over its real socket and through the real SDK."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.component.xapi_server import HOST_UUID, MAC, ScratchTarget, Server, prepared
from zeus_installer.steps.base import Step
from zeus_installer.steps.configure_management import ConfigureManagement
from zeus_installer.steps.create_sr import CreateSr
from zeus_installer.steps.host_settings import HostSettings
from zeus_installer.steps.verify_host import VerifyHost
from zeus_installer.steps.wait_for_xapi import WaitForXapi
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Reporter, silent
from zeus_installer.verify.facts import SrFacts, collect_host_facts
from zeus_installer.verify.host import verify
from zeus_installer.verify.https import fingerprint
from zeus_installer.verify.model import Expectations
from zeus_installer.verify.services import SERVICES
from zeus_installer.xenapi import local_sr, pif
from zeus_installer.xenapi.session import Session

NULL = "OpaqueRef:NULL"


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_sr, "_PAUSE_SECONDS", 0.1)


@pytest.fixture
def stopped() -> Iterator[Server]:
    with prepared() as server:
        yield server


@pytest.fixture
def server(stopped: Server) -> Server:
    stopped.start()
    return stopped


def partitioned(server: Server, *also_done: str) -> None:
    """The partition, and the journal of the plan that made it."""
    server.write("disk", "")
    lines = [json.dumps({"step": step, "mark": "done"}) for step in ("partition_sr", *also_done)]
    server.write("var/lib/zeus/journal.jsonl", "\n".join(lines) + '\n{"step": "create_')


def sr_step(server: Server, kind: str = "ext") -> CreateSr:
    return CreateSr(sr_type=kind, device=str(server.root / "disk"))


def apply(step: Step, server: Server) -> list[str]:
    """Apply the step, check that it then says so, and give the warnings."""
    warnings: list[str] = []

    def sink(event: Event) -> None:
        if event.result == "warning":
            warnings.append(event.title)

    step.apply(server.target, Reporter(sink, run="test"))
    assert step.is_done(server.target)
    return warnings


@contextmanager
def respawned(server: Server) -> Iterator[None]:
    """Start the server again whenever it dies, as systemd does."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            if server.died():
                server.start(wait=False)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def shape(server: Server) -> dict[str, Any]:
    """The end state without what differs from run to run: references are named by class, UUIDs are cut out."""
    state = server.state
    names = {ref: f"<{cls}>" for cls, objects in state.items() for ref in objects}
    cut = {"uuid", "agent_start_time"}

    def plain(value: Any) -> Any:
        match value:
            case dict():
                return {names.get(key, key): plain(item) for key, item in value.items() if key not in cut}
            case list():
                return [plain(item) for item in value]
            case str():
                return names.get(value, value.replace(str(server.root), ""))
        return value

    return {cls: [plain(item) for item in state[cls].values()] for cls in ("host", "pool", "SR", "PBD")}


# wait_for_xapi


def test_a_ready_xapi_is_not_waited_for(server: Server) -> None:
    apply(WaitForXapi(seconds=5), server)


def test_an_xapi_that_never_gets_ready_is_named_with_what_the_system_knows(stopped: Server) -> None:
    stopped.order(never_ready=True)
    stopped.start(wait=False)
    while not stopped.target.exists("/var/lib/xcp/xapi"):
        time.sleep(0.05)
    programs = {
        "systemctl list-units --failed": "xenopsd-xc.service loaded failed failed Xen domain manager\n",
        "journalctl -b -u xapi": "-- Boot 1 --\nCannot access vhd-tool\nhash $6$salt$secret\n",
    }
    target = ScratchTarget(stopped.root, programs=programs)
    with pytest.raises(ZeusError) as caught:
        WaitForXapi(seconds=1).apply(target, silent())
    assert caught.value.code == "xapi.not_ready"
    assert caught.value.message == (
        "xapi was not ready within 1 s: it answers HOST_STILL_BOOTING\n"
        "  failed units: xenopsd-xc.service\n"
        "  xapi said last:\n"
        "    Cannot access vhd-tool\n"
        "    hash ********"
    )


def test_an_xapi_that_does_not_start_is_said_to_have_no_socket(stopped: Server) -> None:
    step = WaitForXapi(seconds=1)
    assert not step.is_done(stopped.target)
    with pytest.raises(ZeusError) as caught:
        step.apply(stopped.target, silent())
    assert caught.value.message == ("xapi was not ready within 1 s: it has not opened its socket /var/lib/xcp/xapi")


def test_waiting_ends_when_xapi_comes(stopped: Server) -> None:
    thread = threading.Timer(0.5, lambda: stopped.start(wait=False))
    thread.start()
    WaitForXapi(seconds=60).apply(stopped.target, silent())
    thread.join()


# configure_management


def test_management_by_dhcp(server: Server) -> None:
    step = ConfigureManagement(mac=MAC.upper(), hostname="xen1.example.org")
    assert not step.is_done(server.target)
    assert apply(step, server) == []
    eth0, other = sorted(server.state["PIF"].values(), key=lambda record: str(record["MAC"]))
    assert (eth0["ip_configuration_mode"], eth0["IP"], eth0["management"]) == ("DHCP", "127.0.0.1", True)
    assert eth0["ipv6_configuration_mode"] == "None"
    assert other["currently_attached"]
    assert not other["management"]
    assert server.only("pool")["tls_verification_enabled"]
    assert server.only("host")["hostname"] == "xen1.example.org"


def test_management_by_a_static_address(server: Server) -> None:
    step = ConfigureManagement(
        mac=MAC,
        address="192.0.2.10/25",
        gateway="192.0.2.1",
        dns=("192.0.2.53", "192.0.2.54"),
        hostname="xen1.example.org",
    )
    apply(step, server)
    [found] = [record for record in server.state["PIF"].values() if record["management"]]
    assert {
        name: found[name] for name in ("ip_configuration_mode", "IP", "netmask", "gateway", "DNS", "other_config")
    } == {
        "ip_configuration_mode": "Static",
        "IP": "192.0.2.10",
        "netmask": "255.255.255.128",
        "gateway": "192.0.2.1",
        "DNS": "192.0.2.53,192.0.2.54",
        "other_config": {"domain": "example.org"},
    }


def test_a_static_address_needs_no_gateway(server: Server) -> None:
    apply(ConfigureManagement(mac=MAC, address="192.0.2.10/24"), server)
    [found] = [record for record in server.state["PIF"].values() if record["management"]]
    assert (found["IP"], found["gateway"], found["DNS"]) == ("192.0.2.10", "", "")


def test_a_changed_address_is_seen_and_set(server: Server) -> None:
    apply(ConfigureManagement(mac=MAC), server)
    static = ConfigureManagement(mac=MAC, address="192.0.2.10/24")
    assert not static.is_done(server.target)
    apply(static, server)


def test_an_unknown_nic_is_an_error_with_the_known_ones(server: Server) -> None:
    with pytest.raises(ZeusError) as caught:
        ConfigureManagement(mac="52:54:00:ff:ff:ff").apply(server.target, silent())
    assert caught.value.code == "network.no_pif"
    assert caught.value.message == (
        "xapi knows no network interface with the MAC address 52:54:00:ff:ff:ff; "
        "it knows: enp2s0 (52:54:00:00:00:02), eth0 (52:54:00:00:00:01)"
    )


def test_another_nic_that_will_not_come_up_is_a_warning(server: Server) -> None:
    apply(ConfigureManagement(mac=MAC), server)
    [other] = [ref for ref, record in server.state["PIF"].items() if record["MAC"] != MAC]
    server.stop()
    state = json.loads((server.root / "var/lib/xcp/lab-state.json").read_text())
    state["objects"]["PIF"][other]["currently_attached"] = False
    server.write("var/lib/xcp/lab-state.json", json.dumps(state))
    server.order(errors=[{"method": "PIF.plug", "code": "TRANSPORT_PIF_NOT_CONFIGURED", "params": [other]}])
    server.start()
    assert apply(ConfigureManagement(mac=MAC), server) == [
        f"cannot bring up enp2s0 (52:54:00:00:00:02): PIF.plug says TRANSPORT_PIF_NOT_CONFIGURED ({other})"
    ]


@pytest.mark.parametrize(
    ("address", "link", "tried"),
    [(None, "0\n", "DHCP, and no server answered; link: down"), ("192.0.2.10/24", "1\n", "static; link: up")],
    ids=["dhcp", "static"],
)
def test_an_address_that_does_not_come_is_an_error(
    server: Server, monkeypatch: pytest.MonkeyPatch, address: str | None, link: str, tried: str
) -> None:
    present = pif.get
    monkeypatch.setattr(pif, "get", lambda session, ref: replace(present(session, ref), attached=False))
    server.write("sys/class/net/eth0/carrier", link)
    with pytest.raises(ZeusError) as caught:
        ConfigureManagement(mac=MAC, address=address, seconds=1).apply(server.target, silent())
    assert caught.value.code == "network.no_address"
    assert caught.value.message == (f"no IPv4 address on eth0 ({MAC}, bridge xenbr0) within 1 s; tried: {tried}")


def test_the_kernel_may_know_the_address_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    present = pif.get
    monkeypatch.setattr(pif, "get", lambda session, ref: replace(present(session, ref), attached=False))
    shown = json.dumps([{"ifname": "xenbr0", "addr_info": [{"family": "inet", "local": "192.0.2.77"}]}])
    target = ScratchTarget(server.root, programs={"ip -j -4 addr show dev xenbr0": shown})
    ConfigureManagement(mac=MAC, seconds=1).apply(target, silent())


# host_settings


def test_host_settings_fill_what_is_empty(server: Server) -> None:
    apply(ConfigureManagement(mac=MAC, hostname="xen1.example.org"), server)
    step = HostSettings(uuid=HOST_UUID, name="xen1.example.org")
    assert not step.is_done(server.target)
    apply(step, server)
    host = server.only("host")
    assert host["name_label"] == "xen1.example.org"
    prefix, _, unique = host["iscsi_iqn"].partition(":")
    assert (prefix.split(".")[0], prefix.split(".")[2:], unique) == ("iqn", ["org", "example"], "1c0ffee0")
    assert server.only("VM")["other_config"]["perfmon"].count("<variable>") == 3


def test_host_settings_keep_what_is_set(server: Server) -> None:
    apply(HostSettings(uuid=HOST_UUID, name="one"), server)
    before = server.only("host")["iscsi_iqn"]
    apply(HostSettings(uuid="other", name="two"), server)
    assert (server.only("host")["name_label"], server.only("host")["iscsi_iqn"]) == ("two", before)


# create_sr


@pytest.mark.parametrize("kind", ["ext", "lvm"])
def test_an_sr_is_made_attached_and_the_default(server: Server, kind: str) -> None:
    partitioned(server)
    step = sr_step(server, kind)
    assert not step.is_done(server.target)
    assert apply(step, server) == []
    [(ref, sr)] = server.state["SR"].items()
    assert (sr["name_label"], sr["type"], sr["content_type"], sr["shared"]) == ("Local storage", kind, "user", False)
    assert sr["other_config"] == {"i18n-key": "local-storage", "i18n-original-value-name_label": "Local storage"}
    assert server.only("PBD")["currently_attached"]
    assert server.only("PBD")["device_config"] == {"device": step.device}
    host = server.only("host")
    assert (server.only("pool")["default_SR"], host["crash_dump_sr"], host["suspend_image_sr"]) == (ref, ref, ref)
    assert host["local_cache_sr"] == (ref if kind == "ext" else NULL)
    assert host["enabled"]


@pytest.mark.parametrize(
    "step",
    [
        ConfigureManagement(mac=MAC, hostname="xen1.example.org"),
        HostSettings(uuid=HOST_UUID, name="xen1.example.org"),
        CreateSr(sr_type="ext", device=""),
        CreateSr(sr_type="lvm", device=""),
    ],
    ids=lambda step: f"{step.id}-{getattr(step, 'sr_type', '')}",
)
def test_a_second_time_changes_nothing(server: Server, step: Step) -> None:
    partitioned(server)
    if isinstance(step, CreateSr):
        step = replace(step, device=str(server.root / "disk"))
    apply(step, server)
    before = server.state
    apply(step, server)
    assert server.state == before


def test_an_sr_that_xapi_did_not_attach_is_attached(server: Server) -> None:
    partitioned(server)
    server.order(sr_create_leaves_pbd_unplugged=True)
    assert apply(sr_step(server), server) == []


def test_an_sr_that_cannot_be_attached_is_an_error(server: Server) -> None:
    partitioned(server)
    refused = {
        "method": "PBD.plug",
        "code": "SR_BACKEND_FAILURE_47",
        "params": ["", "not there", "mount: no"],
        "times": 9,
    }
    server.order(sr_create_leaves_pbd_unplugged=True, errors=[refused])
    with pytest.raises(ZeusError) as caught:
        sr_step(server).apply(server.target, silent())
    assert caught.value.code == "xenapi.SR_BACKEND_FAILURE_47"
    assert caught.value.message == (
        f"cannot attach the storage repository on {server.root}/disk: "
        "PBD.plug says SR_BACKEND_FAILURE_47 (not there, mount: no)"
    )
    assert "SMlog" in caught.value.hint


def test_a_driver_that_fails_is_an_error_with_its_words(server: Server) -> None:
    partitioned(server)
    server.order(errors=[{"method": "SR.create", "code": "SR_BACKEND_FAILURE_77", "params": ["", "VG failed", ""]}])
    with pytest.raises(ZeusError) as caught:
        sr_step(server).apply(server.target, silent())
    assert caught.value.code == "xenapi.SR_BACKEND_FAILURE_77"
    assert caught.value.message == (
        f"cannot create the storage repository (ext) on {server.root}/disk: "
        "SR.create says SR_BACKEND_FAILURE_77 (VG failed)"
    )
    assert apply(sr_step(server), server) == []


def test_a_driver_that_xapi_does_not_have_is_an_error(server: Server) -> None:
    with pytest.raises(ZeusError) as caught:
        CreateSr(sr_type="xfs", device="/dev/null", driver_seconds=1).apply(server.target, silent())
    assert caught.value.code == "storage.no_driver"
    assert caught.value.message == "xapi has no storage driver xfs after 1 s; it has: ext, lvm, udev"


def test_caching_that_fails_is_a_warning_and_the_host_is_enabled(server: Server) -> None:
    partitioned(server)
    refused = {"method": "host.enable_local_storage_caching", "code": "SR_OPERATION_NOT_SUPPORTED"}
    server.order(errors=[refused])
    [warning] = apply(sr_step(server), server)
    assert warning == (
        "cannot let the storage repository cache shared images: "
        "host.enable_local_storage_caching says SR_OPERATION_NOT_SUPPORTED"
    )
    assert server.only("host")["enabled"]


# Power cuts and restarts around SR.create: the end state is that of an undisturbed run.


@cache
def undisturbed_shape(kind: str) -> dict[str, Any]:
    with prepared() as server:
        server.start()
        partitioned(server)
        apply(sr_step(server, kind), server)
        return shape(server)


@pytest.fixture(params=["ext", "lvm"])
def undisturbed(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return request.param, undisturbed_shape(request.param)


def test_lost_records_of_a_finished_sr(server: Server, undisturbed: tuple[str, dict[str, Any]]) -> None:
    kind, wanted = undisturbed
    partitioned(server)
    sr_step(server, kind).apply(server.target, silent())
    uuid = server.only("SR")["uuid"]
    server.stop()
    server.forget("SR")
    server.forget("PBD")
    server.start()
    apply(sr_step(server, kind), server)
    assert server.only("SR")["uuid"] == uuid
    assert shape(server) == wanted


def test_records_without_anything_on_the_disk(server: Server, undisturbed: tuple[str, dict[str, Any]]) -> None:
    kind, wanted = undisturbed
    partitioned(server)
    server.order(die=[{"method": "SR.create", "when": "after"}], sr_create_leaves_pbd_unplugged=True)
    with respawned(server):
        sr_step(server, kind).apply(server.target, silent())
    server.stop()
    (server.root / "var/lib/xcp/lab-devices.json").unlink()
    state = json.loads((server.root / "var/lib/xcp/lab-state.json").read_text())
    for sr in state["objects"]["SR"].values():
        sr["other_config"] = {}
    server.write("var/lib/xcp/lab-state.json", json.dumps(state))
    server.order()
    server.start()
    apply(sr_step(server, kind), server)
    assert ["wipefs", "--all", str(server.root / "disk")] in server.target.ran
    assert shape(server) == wanted


def test_a_driver_that_was_cut_off_before_its_last_note(server: Server) -> None:
    partitioned(server)
    server.order(die=[{"method": "SR.create", "when": "after"}])
    with respawned(server):
        sr_step(server, "lvm").apply(server.target, silent())
    server.stop()
    state = json.loads((server.root / "var/lib/xcp/lab-state.json").read_text())
    for sr in state["objects"]["SR"].values():
        sr["other_config"] = sr["sm_config"] = {}
    server.write("var/lib/xcp/lab-state.json", json.dumps(state))
    server.start()
    apply(sr_step(server, "lvm"), server)
    assert shape(server) == undisturbed_shape("lvm")


def test_a_record_without_a_pbd(server: Server, undisturbed: tuple[str, dict[str, Any]]) -> None:
    kind, wanted = undisturbed
    partitioned(server)
    sr_step(server, kind).apply(server.target, silent())
    server.stop()
    server.forget("PBD")
    server.start()
    apply(sr_step(server, kind), server)
    assert shape(server) == wanted


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "method", ["SR.create", "PBD.get_currently_attached", "pool.set_default_SR", "host.disable", "host.enable"]
)
def test_xapi_restarts_in_between(stopped: Server, method: str, when: str) -> None:
    stopped.order(die=[{"method": method, "when": when}], enable_delay=0)
    stopped.start()
    partitioned(stopped)
    with respawned(stopped):
        sr_step(stopped).apply(stopped.target, silent())
        assert sr_step(stopped).is_done(stopped.target)
    assert shape(stopped) == undisturbed_shape("ext")


def test_xapi_restarts_while_it_reconfigures_the_network(stopped: Server) -> None:
    stopped.order(die=[{"method": "host.management_reconfigure", "when": "before"}])
    stopped.start()
    with respawned(stopped):
        [warning] = apply(ConfigureManagement(mac=MAC), stopped)
    assert warning.startswith(
        "cannot configure the management interface eth0 (52:54:00:00:00:01): xapi went away during "
    )


# What may hold data is never wiped.


def test_an_sr_that_this_plan_did_not_make_is_left_alone(server: Server) -> None:
    partitioned(server)
    apply(sr_step(server), server)
    uuid = server.only("SR")["uuid"]
    server.stop()
    server.forget("SR")
    server.forget("PBD")
    (server.root / "var/lib/zeus/journal.jsonl").unlink()
    server.start()
    with pytest.raises(ZeusError) as caught:
        sr_step(server).apply(server.target, silent())
    assert caught.value.code == "storage.existing_sr"
    assert caught.value.message == (
        f"{server.root}/disk already has a storage repository that this plan did not make: {uuid}"
    )
    assert server.state["SR"] == {}
    assert not [words for words in server.target.ran if words[0] == "wipefs"]


def test_an_sr_that_was_complete_once_is_not_made_anew(server: Server) -> None:
    partitioned(server)
    apply(sr_step(server), server)
    server.stop()
    server.forget("SR")
    server.forget("PBD")
    partitioned(server, "create_sr")
    refused = {"method": "PBD.plug", "code": "SR_BACKEND_FAILURE_47", "params": ["", "not there", ""], "times": 9}
    server.order(errors=[refused])
    server.start()
    with pytest.raises(ZeusError) as caught:
        sr_step(server).apply(server.target, silent())
    assert caught.value.code == "xenapi.SR_BACKEND_FAILURE_47"
    assert not [words for words in server.target.ran if words[0] == "wipefs"]
    server.order()
    apply(sr_step(server), server)


# verify_host and the report's facts


SYSTEM = {
    "sys/hypervisor/type": "xen\n",
    "sys/hypervisor/version/major": "4\n",
    "sys/hypervisor/version/minor": "20\n",
    "sys/hypervisor/version/extra": ".1\n",
    "proc/xen/capabilities": "control_d\n",
    "proc/meminfo": "MemTotal: 1048576 kB\n",
    "usr/bin/grub2-editenv": "",
    "boot/grub2/grubenv": "",
}


@pytest.fixture
def finished(server: Server) -> tuple[Server, ScratchTarget, Expectations]:
    """A host after all steps, whose kernel, systemd and GRUB say that all is well."""
    for name, content in SYSTEM.items():
        server.write(name, content)
    partitioned(server)
    for step in (ConfigureManagement(mac=MAC), sr_step(server), HostSettings(uuid=HOST_UUID)):
        apply(step, server)
    units = [f"Id={service.unit}\nLoadState=loaded\nActiveState=active\nSubState=running\n" for service in SERVICES]
    programs = {"systemctl show": "\n".join(units), "/usr/bin/grub2-editenv": "saved_entry=fedora\n"}
    expected = Expectations(
        host_uuid=HOST_UUID,
        dom0_memory=1024,
        management_mac=MAC,
        sr_type="ext",
        sr_device=str(server.root / "disk"),
        backend="openvswitch",
        default_boot="linux",
        https_port=server.port,
    )
    return server, ScratchTarget(server.root, programs=programs), expected


def seen(target: ScratchTarget, expected: Expectations) -> tuple[dict[str, str], dict[str, str]]:
    """What is well and what is wrong, each with its evidence; services that are well are left out."""
    results = [result for result in verify(target, expected) if not (result.ok and result.id.startswith("service."))]
    return (
        {result.id: result.evidence for result in results if result.ok},
        {result.id: result.evidence for result in results if not result.ok},
    )


def test_a_finished_host_is_proved(finished: tuple[Server, ScratchTarget, Expectations]) -> None:
    server, target, expected = finished
    VerifyHost(expected=expected).apply(target, silent())
    facts = collect_host_facts(target, https_port=server.port)
    assert seen(target, expected) == (
        {
            "xen.dom0": "this is dom0 of Xen 4.20.1",
            "dom0.memory": "dom0 has 1024 MiB, planned are 1024 MiB",
            "xapi.answers": f"xapi 26.1 answers, host {HOST_UUID} is enabled",
            "storage.sr": f"SR {server.only('SR')['uuid']} (ext) on {server.root}/disk is attached, 8.0 GiB",
            "storage.default_sr": f"new disks go to SR {server.only('SR')['uuid']}",
            "network.management": f"eth0 ({MAC}) is up with 127.0.0.1",
            "network.https": f"https://127.0.0.1:{server.port} answers 501 (TLSv1.3), "
            f"certificate SHA-256 {facts.certificate_sha256}",
            "boot.default": "saved_entry=fedora, next_entry=: the next boot is linux",
        },
        {},
    )


def test_facts_for_the_report(finished: tuple[Server, ScratchTarget, Expectations]) -> None:
    server, target, _ = finished
    facts = collect_host_facts(target, https_port=server.port)
    pem = (server.root / "etc/xensource/xapi-ssl.pem").read_text()
    certificate = ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERTIFICATE") :])
    device = str(server.root / "disk")
    assert facts.certificate_sha256 == fingerprint(certificate)
    assert (facts.uuid, facts.address, facts.mac, facts.enabled) == (HOST_UUID, "127.0.0.1", MAC, True)
    assert facts.sr == SrFacts(uuid=server.only("SR")["uuid"], type="ext", size=8 << 30, attached=True, device=device)
    assert (facts.versions["xen"], facts.versions["xapi"]) == ("4.20.1", "26.1")


def test_what_is_broken_is_named(finished: tuple[Server, ScratchTarget, Expectations]) -> None:
    server, target, expected = finished
    with Session(server.target) as session:
        [pbd] = session.call("PBD.get_all")
        [host] = session.call("host.get_all")
        [pool] = session.call("pool.get_all")
        session.call("PBD.unplug", pbd)
        session.call("host.disable", host)
        session.call("pool.set_default_SR", pool, NULL)
    wrong = replace(expected, management_mac="52:54:00:00:00:02", https_port=1)
    assert seen(target, wrong)[1] == {
        "xapi.answers": f"xapi answers, host {HOST_UUID} is not enabled",
        "storage.sr": f"SR {server.only('SR')['uuid']} (ext) on {server.root}/disk is not attached",
        "storage.default_sr": "new disks go to no SR",
        "network.management": f"eth0 ({MAC}) is the management interface, planned is 52:54:00:00:00:02",
        "network.https": "https://127.0.0.1:1 does not answer: [Errno 111] Connection refused",
    }
    other = replace(expected, sr_device="/dev/null", host_uuid="another", management_address="192.0.2.1")
    assert seen(target, other)[1] == {
        "xapi.answers": f"xapi answers as host {HOST_UUID}, planned is another",
        "storage.sr": "xapi has no ext storage repository on /dev/null",
        "network.management": f"eth0 ({MAC}) has 127.0.0.1, planned is 192.0.2.1",
    }


def test_a_killed_xapi_is_named(finished: tuple[Server, ScratchTarget, Expectations]) -> None:
    server, target, expected = finished
    server.stop()
    wrong = seen(target, expected)[1]
    assert list(wrong) == ["xapi.answers"]
    assert wrong["xapi.answers"].startswith("cannot talk to xapi: xapi went away during session.login_with_password")

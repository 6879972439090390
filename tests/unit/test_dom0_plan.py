"""The dom0 steps as they are planned: what they take from the answers, what they tell, and that a plan keeps them."""

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zeus_installer.answers.model import Answers, Boot, Host, Management, Network, Static, Storage
from zeus_installer.machine.model import Cpu, Disk, Firmware, Iommu, Kernel, Machine, Memory, Nic, Os, Xen
from zeus_installer.sources.model import Source
from zeus_installer.steps.base import Step
from zeus_installer.steps.configure_management import ConfigureManagement
from zeus_installer.steps.context import Context, Identity
from zeus_installer.steps.create_sr import CreateSr, clear_device
from zeus_installer.steps.host_settings import HostSettings, iscsi_name, perfmon_config
from zeus_installer.steps.past import steps_marked
from zeus_installer.steps.verify_host import VerifyHost, expectations
from zeus_installer.steps.wait_for_xapi import WaitForXapi
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import ExitStatus, UsageError, ZeusError
from zeus_installer.system.events import Event, Reporter, silent
from zeus_installer.system.target import Target
from zeus_installer.verify.model import Expectations
from zeus_installer.xenapi.pif import Addressing

UUID = "1c0ffee0-0000-0000-0000-000000000001"
DISK = Disk(name="sdb", path="/dev/sdb", size=64 << 30, links=("/dev/disk/by-id/ata-X",))
STATIC = Static(address="192.0.2.10/25", gateway="192.0.2.1")
KINDS: list[type[Step]] = [WaitForXapi, ConfigureManagement, CreateSr, HostSettings, VerifyHost]


def context(**answers: Any) -> Context:
    machine = Machine(
        cpu=Cpu(vendor="AuthenticAMD", model="EPYC", threads=8),
        iommu=Iommu(kind="amd-vi", state=None),
        firmware=Firmware(type="uefi"),
        memory=Memory(bytes=16 << 30),
        xen=Xen(running=False),
        kernel=Kernel(release="6.12"),
        os=Os(id="fedora"),
    )
    return Context(
        answers=Answers(**answers),
        machine=machine,
        source=Source(name="xapi"),
        disks=(DISK,),
        nics=(Nic(name="enp1s0", mac="52:54:00:AA:BB:CC"),),
        identity=Identity(host=UUID, dom0=UUID),
    )


def network(**management: Any) -> Network:
    return Network(management=Management(**management))


@dataclass(frozen=True, slots=True)
class Programs(Target):
    """Programs that say what is scripted by their name."""

    says: dict[str, str] = field(default_factory=dict)
    ran: list[list[str]] = field(default_factory=list)

    def run(self, argv: Any, **_options: Any) -> subprocess.CompletedProcess[str]:
        self.ran.append([str(word) for word in argv])
        return subprocess.CompletedProcess([], 0, self.says.get(str(argv[0]), ""), "")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
@pytest.mark.parametrize("ipv4", ["dhcp", STATIC], ids=["dhcp", "static"])
def test_a_plan_keeps_the_step(kind: type[Step], ipv4: Any) -> None:
    step = kind.from_context(context(network=network(ipv4=ipv4, dns=("192.0.2.53",)), host=Host(hostname="a.example")))
    assert decode(kind, encode(step)) == step
    assert step.half == "dom0"
    assert step.describe().changes
    assert step.describe().destroys == ()


def test_xapi_gets_half_of_the_time() -> None:
    assert WaitForXapi.from_context(context(boot=Boot(deadline=1000))).seconds == 500


def test_management_by_dhcp_is_told() -> None:
    step = ConfigureManagement.from_context(context(network=network(dns=("192.0.2.53",))))
    assert step.addressing == Addressing(mode="DHCP")
    assert step.describe().changes == ("XenAPI: the NIC 52:54:00:aa:bb:cc carries the management network: DHCP",)


def test_management_by_a_static_address_is_told() -> None:
    step = ConfigureManagement.from_context(
        context(network=network(ipv4=STATIC, dns=("192.0.2.53",)), host=Host(hostname="xen1.example.org"))
    )
    assert step.addressing == Addressing(
        mode="Static", ip="192.0.2.10", netmask="255.255.255.128", gateway="192.0.2.1", dns="192.0.2.53"
    )
    assert step.domain == "example.org"
    assert step.describe().changes == (
        "XenAPI: the NIC 52:54:00:aa:bb:cc carries the management network: 192.0.2.10/25 via 192.0.2.1, DNS 192.0.2.53",
    )


def test_a_host_without_ipv4_is_refused() -> None:
    with pytest.raises(UsageError, match=r"network\.management\.ipv4"):
        ConfigureManagement.from_context(context(network=network(ipv4="none")))


def test_the_sr_goes_to_the_partition_that_the_plan_makes() -> None:
    step = CreateSr.from_context(context(storage=Storage(sr_type="lvm")))
    assert (step.sr_type, step.device) == ("lvm", "/dev/disk/by-id/ata-X-part1")


@pytest.mark.parametrize(("kind", "wanted"), [("ext", True), ("lvm", True), ("none", False)])
def test_an_sr_is_made_only_when_asked_for(kind: Any, *, wanted: bool) -> None:
    assert CreateSr.wanted(context(storage=Storage(sr_type=kind))) == wanted


def test_the_proof_expects_what_the_plan_asks_for() -> None:
    wanted = context(network=network(ipv4=STATIC), boot=Boot(dom0_memory=2048), storage=Storage(sr_type="lvm"))
    assert expectations(wanted) == Expectations(
        host_uuid=UUID,
        dom0_memory=2048,
        management_mac="52:54:00:AA:BB:CC",
        management_address="192.0.2.10",
        sr_type="lvm",
        sr_device="/dev/disk/by-id/ata-X-part1",
        backend="openvswitch",
        default_boot="linux",
    )
    assert expectations(context(boot=Boot(trial=False))).default_boot == "xen"
    assert expectations(context(storage=Storage(sr_type="none"))).sr_device is None


def test_a_host_that_fails_is_not_verified_and_every_reason_is_named(tmp_path: Path) -> None:
    step = VerifyHost(expected=Expectations())
    warnings: list[str] = []

    def sink(event: Event) -> None:
        warnings.append(event.title)

    with pytest.raises(ZeusError) as caught:
        step.apply(Programs(tmp_path), Reporter(sink, run="test"))
    error = caught.value
    assert (error.code, error.status) == ("verify.failed", ExitStatus.NOT_VERIFIED)
    assert error.message.splitlines()[1] == "  xen.dom0: no Xen: /sys/hypervisor/type is missing or other"
    assert "\n  service.xapi: xapi.service is not installed: there is no XenAPI" in error.message
    assert "\n  xapi.answers: cannot talk to xapi: " in error.message
    assert [f"  {warning}" for warning in warnings] == error.message.splitlines()[1:]


def test_a_commit_that_was_interrupted_may_have_changed_the_default(tmp_path: Path) -> None:
    target = Programs(tmp_path, says={"/usr/bin/grub2-editenv": "saved_entry=zeus-xen\n"})
    target.write_atomic("/usr/bin/grub2-editenv", "")
    target.write_atomic("/boot/grub2/grubenv", "")
    step = VerifyHost(expected=Expectations(default_boot="linux"))
    with pytest.raises(ZeusError, match=r"boot\.default"):
        step.apply(target, silent())
    target.write_atomic("/var/lib/zeus/journal.jsonl", '{"step": "commit_boot", "mark": "begin"}\n')
    with pytest.raises(ZeusError) as caught:
        step.apply(target, silent())
    assert "boot.default" not in caught.value.message


def test_a_torn_journal_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    lines = '{"step": "a", "mark": "done"}\n{"step": "b", "mark": "begin"}\n[]\n{"step": "c", "mark": "do'
    target = Target(tmp_path)
    assert steps_marked(target, "done") == set()
    target.write_atomic("/var/lib/zeus/journal.jsonl", lines)
    assert steps_marked(target, "done") == {"a"}
    assert steps_marked(target, "begin") == {"b"}


@pytest.mark.parametrize(("kind", "group"), [("ext", "XSLocalEXT-1c0f"), ("lvm", "VG_XenStorage-1c0f")])
def test_a_half_made_sr_is_taken_off_its_partition(tmp_path: Path, kind: str, group: str) -> None:
    target = Programs(tmp_path, says={"pvs": f"  {group}\n"})
    clear_device(target, "/dev/sdb1", kind=kind)
    assert target.ran[1:] == [["vgchange", "-a", "n", group], ["wipefs", "--all", "/dev/sdb1"]]


def test_a_volume_group_that_is_no_sr_stays(tmp_path: Path) -> None:
    target = Programs(tmp_path, says={"pvs": "  fedora\n"})
    with pytest.raises(ZeusError) as caught:
        clear_device(target, "/dev/sdb1", kind="ext")
    assert caught.value.code == "storage.foreign"
    assert caught.value.message == (
        "/dev/sdb1 holds the volume group fedora, which no storage repository of type ext has"
    )
    assert [words[0] for words in target.ran] == ["pvs"]


def test_iscsi_names_are_qualified() -> None:
    name = iscsi_name(domain="Lab.Example.org", month=datetime(2026, 3, 9, tzinfo=UTC), unique="1c0ffee0")
    assert name == "iqn.2026-03.org.example.lab:1c0ffee0"


def test_dom0s_alarms_are_those_of_the_appliance() -> None:
    periods = '<alarm_trigger_period value="60"/><alarm_auto_inhibit_period value="3600"/>'
    variables = [("fs_usage", "0.9"), ("mem_usage", "0.95"), ("log_fs_usage", "0.9")]
    inner = "".join(
        f'<variable><name value="{name}"/><alarm_trigger_level value="{level}"/>{periods}</variable>'
        for name, level in variables
    )
    assert perfmon_config() == f"<config>{inner}</config>"

"""The proof of a host: what each check says of what it sees, on small trees and scripted programs."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target
from zeus_installer.verify.boot import check_boot
from zeus_installer.verify.domain import check_domain, dom0_memory, is_dom0
from zeus_installer.verify.facts import HostFacts, collect_host_facts
from zeus_installer.verify.host import render, verify
from zeus_installer.verify.https import fingerprint
from zeus_installer.verify.model import Expectations, Verification
from zeus_installer.verify.services import SERVICES, check_services

BALLOON = "sys/devices/system/xen_memory/xen_memory0/info/current_kb"
XEN = {
    "sys/hypervisor/type": "xen\n",
    "sys/hypervisor/version/major": "4\n",
    "sys/hypervisor/version/minor": "20\n",
    "sys/hypervisor/version/extra": ".1\n",
}


@dataclass(frozen=True, slots=True)
class Tree(Target):
    """A root of which only the answers of programs are scripted."""

    programs: Mapping[str, str] = field(default_factory=dict)

    def run(self, argv: Any, **_options: Any) -> subprocess.CompletedProcess[str]:
        name = Path(str(argv[0])).name
        if name not in self.programs:
            raise ZeusError("run.missing", f"{name} is not installed")
        return subprocess.CompletedProcess([], 0, self.programs[name], "")


def tree(root: Path, files: Mapping[str, str], **programs: str) -> Tree:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return Tree(root, programs={name.replace("_", "-"): text for name, text in programs.items()})


def said(results: tuple[Verification, ...]) -> dict[str, tuple[bool, str]]:
    return {result.id: (result.ok, result.evidence) for result in results}


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({**XEN, "proc/xen/capabilities": "control_d\n"}, (True, "this is dom0 of Xen 4.20.1")),
        (
            {**XEN, "sys/hypervisor/uuid": "00000000-0000-0000-0000-000000000000\n"},
            (True, "this is dom0 of Xen 4.20.1"),
        ),
        (
            {**XEN, "proc/xen/capabilities": "\n", "sys/hypervisor/uuid": "1c0ffee0-0000-0000-0000-000000000001\n"},
            (False, "a Xen guest, not dom0"),
        ),
        ({}, (False, "no Xen: /sys/hypervisor/type is missing or other")),
    ],
    ids=["xenfs", "zero-uuid", "guest", "no-xen"],
)
def test_dom0_is_told_from_a_guest_and_from_no_xen(
    tmp_path: Path, files: dict[str, str], wanted: tuple[bool, str]
) -> None:
    assert said(check_domain(tree(tmp_path, files), Expectations())) == {"xen.dom0": wanted}


@pytest.mark.parametrize(
    ("found", "ok"), [("1048576", True), ("900000", True), ("524288", False), ("2097152", False), ("", False)]
)
def test_dom0_has_the_planned_memory(tmp_path: Path, found: str, *, ok: bool) -> None:
    results = said(check_domain(tree(tmp_path, {BALLOON: found}), Expectations(dom0_memory=1024)))
    amount = int(found) // 1024 if found else "an unknown amount of"
    assert results["dom0.memory"] == (ok, f"dom0 has {amount} MiB, planned are 1024 MiB")


def test_memory_is_the_kernels_when_there_is_no_balloon(tmp_path: Path) -> None:
    target = tree(tmp_path, {"proc/meminfo": "MemTotal:         983040 kB\nMemFree: 1 kB\n"})
    assert dom0_memory(target) == 960
    assert not is_dom0(target)


def states(**overrides: str) -> str:
    """systemd's words for a host on which all is well, except for `overrides` (unit -> whole block, `-` as `_`)."""
    blocks = []
    for service in SERVICES:
        known = f"Id={service.unit}\nLoadState=loaded\nActiveState=active\nSubState=running\nResult=success\n"
        blocks.append(overrides.get(service.unit.partition(".")[0].replace("-", "_"), known))
    return "\n".join(blocks)


def check(tmp_path: Path, backend: str | None = "openvswitch", **overrides: str) -> list[Verification]:
    target = tree(tmp_path, {}, systemctl=states(**overrides))
    return [result for result in check_services(target, Expectations(backend=backend)) if not result.ok]


def test_all_services_are_up(tmp_path: Path) -> None:
    assert check(tmp_path) == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.unit)
def test_a_service_that_was_killed_is_named(tmp_path: Path, service: Any) -> None:
    block = f"Id={service.unit}\nLoadState=loaded\nActiveState=failed\nSubState=failed\nResult=signal\n"
    name = service.unit.rpartition(".")[0]
    assert check(tmp_path, **{name.partition(".")[0].replace("-", "_"): block}) == [
        Verification(
            id=f"service.{name}",
            ok=False,
            evidence=f"{service.unit} is failed, signal: there is no {service.gives}",
            remedy=f"look at `journalctl -b -u {service.unit}`, then: systemctl start {service.unit}",
        )
    ]


def test_a_service_that_is_not_installed_is_named_unless_it_is_optional(tmp_path: Path) -> None:
    gone = "Id={}\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nResult=success\n"
    [result] = check(tmp_path, xcp_networkd=gone.format("xcp-networkd.service"), perfmon=gone.format("perfmon.service"))
    assert result.id == "service.xcp-networkd"
    assert result.evidence == "xcp-networkd.service is not installed: there is no bridge with an address"


def test_open_vswitch_is_wanted_only_with_its_backend(tmp_path: Path) -> None:
    down = "Id=ovs-vswitchd.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nResult=success\n"
    assert [result.id for result in check(tmp_path, ovs_vswitchd=down)] == ["service.ovs-vswitchd"]
    assert check(tmp_path, backend="bridge", ovs_vswitchd=down) == []


def test_without_systemd_services_are_not_known(tmp_path: Path) -> None:
    [result] = check_services(tree(tmp_path, {}), Expectations())
    assert (result.id, result.evidence) == ("services", "not known: systemctl is not installed")


GRUB = {"usr/bin/grub2-editenv": "", "boot/grub2/grubenv": ""}


@pytest.mark.parametrize(
    ("block", "wanted", "ok", "evidence"),
    [
        ("saved_entry=fedora\n", "linux", True, "saved_entry=fedora, next_entry=: the next boot is linux"),
        ("saved_entry=zeus-xen\n", "xen", True, "saved_entry=zeus-xen, next_entry=: the next boot is xen"),
        ("saved_entry=zeus-linux\n", "linux", True, "saved_entry=zeus-linux, next_entry=: the next boot is linux"),
        ("saved_entry=zeus-xen\n", "linux", False, "saved_entry=zeus-xen, next_entry=: the next boot should be linux"),
        (
            "saved_entry=fedora\nnext_entry=zeus-xen\n",
            "linux",
            False,
            "saved_entry=fedora, next_entry=zeus-xen: the one-shot is still armed, "
            "so GRUB cannot write its environment block",
        ),
    ],
)
def test_the_boot_default(tmp_path: Path, block: str, wanted: Any, *, ok: bool, evidence: str) -> None:
    target = tree(tmp_path, GRUB, grub2_editenv=block)
    assert said(check_boot(target, Expectations(default_boot=wanted))) == {"boot.default": (ok, evidence)}


def test_the_boot_default_is_not_asked_when_nothing_is_expected(tmp_path: Path) -> None:
    assert check_boot(tree(tmp_path, {}), Expectations()) == ()


def test_a_dead_host_fails_every_check_and_says_so(tmp_path: Path) -> None:
    results = verify(tree(tmp_path, {}), Expectations(default_boot="linux"))
    assert [(result.id, result.ok) for result in results] == [
        ("xen.dom0", False),
        ("services", False),
        ("xapi.answers", False),
        ("boot.default", True),
    ]


def test_facts_of_a_dead_host_are_unknown(tmp_path: Path) -> None:
    assert collect_host_facts(tree(tmp_path, XEN)) == HostFacts(versions={"xen": "4.20.1"})


def test_text_begins_with_what_is_wrong() -> None:
    good = Verification(id="a", ok=True, evidence="fine")
    bad = Verification(id="b", ok=False, evidence="broken", remedy="mend it")
    assert render([good, bad]) == "FAIL  b: broken\n      remedy: mend it\nok    a: fine\n"


def test_fingerprints_are_written_as_openssl_does() -> None:
    assert fingerprint(b"") == (
        "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55"
    )

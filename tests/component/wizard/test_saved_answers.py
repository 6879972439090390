"""The whole wizard on machines that can become a host: the answers that it saves make the plan that it has shown."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.component.wizard.conftest import Machines, Opener
from tests.component.wizard.plans import same_each_time, told, zeus
from tests.terminal.walk import KEY, REPOSITORY, Deed, Walker, give_password, walk

SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q admin@example.org"


def wipe(serial: str, last_four: str, *, instead_of: str = "", sr_type: str = "ext") -> Deed:
    def deed(walker: Walker) -> None:
        walker.choose(sr_type)
        if instead_of:
            walker.switch(instead_of)
        walker.choose(serial)
        walker.fill("  destroy it", last_four)

    return deed


def pick(*texts: str) -> Deed:
    return lambda walker: walker.choose(*texts)


def static(walker: Walker) -> None:
    walker.fill("Host name", "xen1.example.org")
    walker.choose("static")
    walker.fill("Address", "192.0.2.10/24")
    walker.fill("Router", "192.0.2.1")
    walker.fill("Name servers", "192.0.2.53, 192.0.2.54")
    walker.choose("bridge")


def key_alone(walker: Walker) -> None:
    walker.fill("SSH key", SSH_KEY)
    walker.fill("Time zone", "Europe/Prague")


def password_and_key(walker: Walker) -> None:
    give_password(walker)
    walker.fill("SSH key", SSH_KEY)


def two_repositories(walker: Walker) -> None:
    walker.fill("Repository", REPOSITORY)
    walker.fill("  its key", KEY)
    walker.fill("another one", "http://192.0.2.1/more/")
    walker.choose("Allow packages that nobody signed")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is done on a machine, what that destroys, and what the saved file has of it."""

    deeds: Mapping[str, Deed] = field(default_factory=dict)
    destroyed: str = "nothing"
    saved: Mapping[str, Any]


CASES = {
    "amd-iommu": Case(saved={"host.hostname": "plain.lab.example", "packages.repos.0.baseurl": REPOSITORY}),
    "busy": Case(
        deeds={"storage": wipe("OLD-STORAGE", "RAGE")},
        destroyed="everything on disk, serial OLD-STORAGE, 1.1 TB, /dev/vdd; on it now: LVM volume group "
        "VG_XenStorage-6f1d1c2e-3a0b-4d5c-8e9f-0a1b2c3d4e5f (active)",
        saved={"storage.disks": [{"serial": "OLD-STORAGE"}]},
    ),
    "four-nics": Case(
        deeds={"storage": pick("none"), "network": pick("enp0s5")},
        saved={"storage.sr_type": "none", "network.management.nic": {"mac": "52:54:00:00:00:03"}},
    ),
    "leftovers": Case(
        deeds={
            "storage": wipe("FILES", "ILES", instead_of="EMPTY", sr_type="lvm"),
            "network": static,
            "access": password_and_key,
            "packages": two_repositories,
        },
        destroyed="everything on disk, serial FILES, 4.29 GB, /dev/vdf; on it now: ext4",
        saved={
            "host.hostname": "xen1.example.org",
            "host.ssh_keys": [SSH_KEY],
            "storage.sr_type": "lvm",
            "storage.disks": [{"serial": "FILES"}],
            "storage.wipe": "listed-disks",
            "network.backend": "bridge",
            "network.management.ipv4": {"address": "192.0.2.10/24", "gateway": "192.0.2.1"},
            "network.management.dns": ["192.0.2.53", "192.0.2.54"],
            "packages.allow_unsigned": True,
            "packages.repos.1.baseurl": "http://192.0.2.1/more/",
            "checks.accept": ["cpu.virtualization"],
        },
    ),
    "nvme-4kn-vtd": Case(
        deeds={"storage": pick("free space", "LABSYSTEM"), "access": key_alone},
        saved={
            "storage.space": "free-space",
            "storage.disks": [{"serial": "LABSYSTEM"}],
            "host.timezone": "Europe/Prague",
            "host.ssh_keys": [SSH_KEY],
        },
    ),
    "odd-names": Case(
        deeds={"storage": wipe("GRÖSSE ÄÖ/ß", "e0n1")},
        destroyed="everything on QEMU NVMe Ctrl, serial GRÖSSE ÄÖ/ß, 215 GB, /dev/nvme0n1; on it now: GPT table with "
        "partition 1 'Daten für alle' (xfs)",
        saved={"storage.disks": [{"serial": "GRÖSSE ÄÖ/ß"}], "storage.wipe": "listed-disks"},
    ),
    "two-empty-disks": Case(
        deeds={"storage": pick("S45PNA0M512346")}, saved={"storage.disks": [{"serial": "S45PNA0M512346"}]}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_machine_becomes_a_host(name: str, wizard: Opener, machines: Machines, tmp_path: Path) -> None:
    case, path = CASES[name], tmp_path / "answers of mine.toml"
    terminal = wizard(name)
    walker = walk(terminal, to="summary", deeds=case.deeds)
    assert f"Destroyed {case.destroyed} To know" in walker.read
    shown = whole_summary(walker)
    save(walker, path)
    assert {key: value_of(path, key) for key in case.saved} == case.saved
    assert zeus("validate", path) == f"{path}: good answers\n"
    for part in told(machines(name), path):
        assert part in same_each_time(shown)
    walk(terminal, to="status", since="summary")
    terminal.expect("This machine is a verified XenAPI host.")
    walker.go_on()
    assert terminal.finish() == 0


def whole_summary(walker: Walker) -> str:
    """All of the plan, on a terminal that is large enough; it is the usual one again after that."""
    walker.terminal.resize(100, 250)
    walker.terminal.expect("Make Xen the default")
    walker.terminal.settle()
    shown = walker.read
    walker.terminal.resize(80, 24)
    walker.terminal.settle()
    walker.at("summary")
    return shown


def save(walker: Walker, path: Path) -> None:
    """Save the answers in another place than the one that is proposed."""
    walker.button("Save answers")
    walker.terminal.expect("zeus-answers.toml")
    walker.terminal.press("ctrl-u")
    walker.terminal.type(str(path))
    walker.terminal.press("enter")
    walker.expect("has the answers; it does the same with: zeus install --answers")


def value_of(path: Path, key: str) -> Any:
    """The value of a dotted key in a file."""
    value: Any = tomllib.loads(path.read_text())
    for word in key.split("."):
        value = value[int(word)] if word.isdigit() else value[word]
    return value


def test_a_file_that_cannot_be_written(wizard: Opener, tmp_path: Path) -> None:
    terminal = wizard("amd-iommu")
    walker = walk(terminal, to="summary")
    for text, reason in ((str(tmp_path), "is a directory"), (f"{tmp_path}/none/of it", "no such file or directory")):
        walker.button("Save answers")
        terminal.expect("zeus-answers.toml")
        terminal.press("ctrl-u")
        terminal.type(text)
        terminal.press("enter")
        walker.expect(f"{text}: {reason}")
    assert list(tmp_path.iterdir()) == []

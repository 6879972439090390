"""Kickstarts on a machine that is known: dom0's disk, what is left for the storage repository, names of devices."""

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.unit.kickstart_texts import GIB, MACHINE, changed, what_is_said
from zeus_installer.machine.model import Disk, Machine, Partition, Use

Said = Callable[..., list[str]]
SDA, SDB = MACHINE.disks
FREE = ('sr_type = "ext"', 'space = "free-space"')
ONE_DISK = (
    ("ignoredisk --only-use=sda\nclearpart --all --initlabel --disklabel=gpt --drives=sda\n", ""),
    ("&& zeus_prepare", "&& zeus_prepare --unattended --system-disk '{ match = { size = \"<=200G\" } }'"),
)
FULL = dataclasses.replace(
    SDA,
    table="gpt",
    system=True,
    partitions=(
        Partition(
            number=1,
            path="/dev/sda1",
            start=1 << 20,
            size=SDA.size - (2 << 20),
            uses=(Use(kind="filesystem", name="ext4", active=True), Use(kind="mount", name="/", active=True)),
        ),
    ),
)


@pytest.fixture
def said(tmp_path: Path) -> Said:
    return partial(what_is_said, tmp_path)


def on(*disks: Disk) -> Machine:
    return dataclasses.replace(MACHINE, disks=disks)


# Names that nobody can compare with a rule before the machine is known


@pytest.mark.parametrize("rule", ['serial = "S45"', 'wwn = "0x5000c500"', 'path = "/dev/disk/by-id/ata-A_1"'])
def test_a_name_of_the_kernel_may_be_the_disk_of_a_rule(said: Said, rule: str) -> None:
    text = changed(
        ("--only-use=sda", "--drives=sdb"), (" --drives=sda", ""), ('sr_type = "ext"', f"disks = [{{ {rule} }}]")
    )
    assert said(text) == []


def test_a_disk_of_the_same_kind_of_name_is_another_one(said: Said) -> None:
    names = [("--only-use=sda", "--drives=disk/by-id/ata-B_2"), (" --drives=sda", "")]
    assert said(changed(*names, ('sr_type = "ext"', 'disks = [{ path = "/dev/disk/by-id/ata-A_1" }]'))) == [
        "ks:9: error: clearpart --all: nothing keeps Anaconda off the disk of the storage repository\n"
        "  hint: say which disk is Anaconda's: ignoredisk --only-use=DISK"
    ]
    assert said(changed(*names, ('sr_type = "ext"', 'disks = [{ path = "/dev/disk/by-id/wwn-0x1" }]'))) == []


def test_the_only_disk_of_anacondas_is_the_one_whose_free_space_is_wanted(said: Said) -> None:
    rule = (FREE[0], FREE[1] + '\ndisks = [{ serial = "S45" }]')
    grow = ("--size=32768", "--size=32768 --grow")
    no_space = 'storage.space = "free-space" finds none for the storage repository'
    assert said(changed(rule, grow)) == [
        f"ks:12: error: part / --grow takes what is left of the disk: {no_space}\n"
        "  hint: leave --grow out, or bound it with --maxsize"
    ]
    assert said(changed(rule, grow, ("--only-use=sda", "--only-use=sda,sdb"))) == []


# One disk, of which the storage repository gets the rest


@pytest.mark.parametrize("rule", ["", '\ndisks = [{ serial = "SYS" }]'])
def test_what_is_on_the_disk_today_does_not_count(said: Said, rule: str) -> None:
    text = changed((FREE[0], FREE[1] + rule), *ONE_DISK)
    assert said(text, machine=on(SDA)) == []
    assert said(text, machine=on(FULL)) == [
        "ks:17: warning: dom0's disk will be disk, serial SYS, 42.9 GB, /dev/sda, which is not empty; on it: GPT "
        "table with partition 1 (ext4)\n  hint: start the installer with zeus.unattended on the kernel command line: "
        "that destroys what is on the disk"
    ]
    plain = changed((FREE[0], FREE[1] + rule))
    assert said(plain, machine=on(SDA)) == said(plain, machine=on(FULL)) == []


def test_the_sizes_of_the_partitions_count(said: Said) -> None:
    small = dataclasses.replace(SDA, size=34 * GIB)
    (message,) = said(changed(FREE, *ONE_DISK), machine=on(small))
    assert message == (
        "ks:10: error: the partitions take 36.5 GB of a disk of 36.5 GB: storage.space = "
        '"free-space" finds none for the storage repository\n  hint: leave 1.07 GB or more'
    )


def test_a_disk_that_the_kickstart_does_not_clear(said: Said) -> None:
    text = changed(FREE, ("clearpart --all --initlabel --disklabel=gpt --drives=sda", "clearpart --none"))
    (message,) = said(text, machine=on(FULL))
    assert message.startswith("ks:24: error: storage.disks (by default the system disk) matches 1 disk, of which none ")


def test_somebody_who_is_asked_decides(said: Said) -> None:
    text = changed(
        FREE,
        ONE_DISK[0],
        ("reqpart\npart /boot --fstype=ext4 --size=2048\npart / --fstype=xfs --size=32768\n", ""),
    )
    assert said(text, machine=on(FULL)) == []


# dom0's disk by its rule

MADE = (
    (
        "ignoredisk --only-use=sda\nclearpart --all --initlabel --disklabel=gpt --drives=sda\n",
        "%include /run/zeus/kickstart/disk.ks\n",
    ),
    ("&& zeus_prepare", "&& zeus_prepare --unattended --system-disk '{ match = { size = \"<=200G\" } }'"),
)
NOT_CHECKED = (
    "ks:8: warning: %include /run/zeus/kickstart/disk.ks: is made in the installer: what it says is not checked"
)


def test_the_rule_for_dom0s_disk(said: Said) -> None:
    text = changed(*MADE, ('sr_type = "ext"', 'disks = [{ serial = "DATA" }]'))
    assert said(text, machine=MACHINE) == [NOT_CHECKED]
    assert said(text.replace("<=200G", ">=2T"), machine=MACHINE) == [
        NOT_CHECKED,
        "ks:18: error: the rule for dom0's disk matches no disk, wants 1\n"
        "  -  SYS  42.9 GB  /dev/sda  empty  its size is 42.9 GB, not >=2T\n"
        "  hint: change the rule for dom0's disk in the kickstart",
    ]


def test_consent_does_not_help_a_rule_that_fits_two(said: Said) -> None:
    twin = dataclasses.replace(FULL, name="sdc", path="/dev/sdc", serial="SYS2", links=())
    text = changed(*MADE, ('sr_type = "ext"', 'disks = [{ serial = "DATA" }]'))
    _, message = said(text, machine=on(FULL, SDB, twin))
    assert message.startswith("ks:18: error: the rule for dom0's disk matches 2 disks, wants 1\n")
    assert message.endswith("\n  hint: change the rule for dom0's disk in the kickstart")


def test_the_storage_repository_gets_the_disk_that_dom0_does_not(said: Said) -> None:
    assert said(changed(*MADE), machine=MACHINE) == [NOT_CHECKED]
    _, message = said(changed(*MADE), machine=on(SDA))
    assert message.startswith("ks:23: error: storage.disks (by default the only empty disk) matches 1 disk, of which ")


def test_a_machine_that_is_reinstalled_runs_no_system(said: Said) -> None:
    text = changed(*MADE, ('sr_type = "ext"', 'disks = [{ serial = "DATA" }]'))
    assert [message.partition(":")[0] for message in said(text, machine=on(FULL, SDB))] == ["ks", "ks"]
    assert "dom0's disk will be disk, serial SYS" in said(text, machine=on(FULL, SDB))[1]


# Devices


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "--only-use=sda",
            "--only-use=sda,nvme9n1",
            "ks:8: error: ignoredisk --only-use=nvme9n1: the machine has no such disk\n  hint: it has sda and sdb",
        ),
        (
            "--drives=sda",
            "--drives=sda,vdz",
            "ks:9: error: clearpart --drives=vdz: the machine has no such disk\n  hint: it has sda and sdb",
        ),
        (
            "--device=link",
            "--device=enp0s99",
            "ks:4: error: network --device=enp0s99: the machine has no such NIC\n"
            "  hint: it has eno1 (52:54:00:00:00:01) and eno2 (52:54:00:00:00:02)",
        ),
        ("--device=link", "--device=52:54:00:00:00:02", None),
        ("--only-use=sda", "--only-use=/dev/disk/by-id/ata-S*", None),
    ],
)
def test_devices_that_the_machine_does_not_have(said: Said, old: str, new: str, message: str | None) -> None:
    assert said(changed((old, new)), machine=MACHINE) == ([message] if message else [])


# Networks that are no plain NIC


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("--device=eno1 --vlanid=10 --bootproto=dhcp", "--vlanid"),
        ("--device=bond0 --bondslaves=eno1,eno2 --bootproto=dhcp", "--bondslaves"),
        ("--device=br0 --bridgeslaves=eno1 --bootproto=dhcp", "--bridgeslaves"),
        ("--device=eno1 --noipv4 --ipv6=auto", "--noipv4"),
    ],
)
def test_a_network_that_the_host_would_not_get(said: Said, words: str, option: str) -> None:
    network = ("network --bootproto=dhcp --device=link --activate", f"network {words}")
    assert said(changed(network)) == [
        f"ks:4: warning: network {option}: a Xen host is managed by a plain NIC and IPv4, and would not get this "
        "network\n  hint: say in [network.management] of the answers which NIC it is, and its address (nic, ipv4)"
    ]
    plain = changed(("lang en_US.UTF-8", "lang C\nnetwork --device=eno2 --bootproto=dhcp"), network)
    assert said(plain) == []

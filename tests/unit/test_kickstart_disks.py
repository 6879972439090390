"""Kickstarts against our section in them: disks, the space on them, and NICs."""

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.unit.kickstart_texts import MACHINE, changed, what_is_said

Said = Callable[..., list[str]]


@pytest.fixture
def said(tmp_path: Path) -> Said:
    return partial(what_is_said, tmp_path)


# Space for the storage repository

FREE = ('sr_type = "ext"', 'space = "free-space"')


def test_free_space_and_partitions_of_fixed_sizes(said: Said) -> None:
    assert said(changed(FREE)) == []


NO_SPACE = 'storage.space = "free-space" finds none for the storage repository'


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (
            ("part / --fstype=xfs --size=32768", "part / --fstype=xfs --size=32768 --grow"),
            [
                f"ks:12: error: part / --grow takes what is left of the disk: {NO_SPACE}\n"
                "  hint: leave --grow out, or bound it with --maxsize"
            ],
        ),
        (("part / --fstype=xfs --size=32768", "part / --fstype=xfs --size=32768 --grow --maxsize=65536"), []),
        (
            (
                "part / --fstype=xfs --size=32768",
                "part pv.1 --size=1 --grow\nvolgroup os pv.1\nlogvol / --vgname=os --name=root --size=9000",
            ),
            [
                f"ks:12: error: part pv.1 --grow takes what is left of the disk: {NO_SPACE}\n"
                "  hint: leave --grow out, or bound it with --maxsize"
            ],
        ),
        (
            ("reqpart\npart /boot --fstype=ext4 --size=2048\npart / --fstype=xfs --size=32768", "autopart"),
            [
                f"ks:10: error: autopart takes all that is free on the disk: {NO_SPACE}\n"
                "  hint: name partitions of fixed sizes instead: part / --size=32768 …"
            ],
        ),
        (
            ("--disklabel=gpt", "--disklabel=msdos"),
            [
                "ks:9: error: clearpart --disklabel=msdos: the storage repository's partition needs a GPT\n"
                "  hint: say --disklabel=gpt"
            ],
        ),
    ],
)
def test_free_space_that_will_not_be_there(said: Said, change: tuple[str, str], messages: list[str]) -> None:
    assert said(changed(FREE, change)) == messages


def test_free_space_on_a_disk_whose_size_is_known(said: Said) -> None:
    rule = 'space = "free-space"\ndisks = [{ match = { size = "<=36G" } }]'
    assert said(changed((FREE[0], rule))) == [
        f"ks:12: error: the partitions take 36.5 GB of a disk of 36 GB: {NO_SPACE}\n  hint: leave 1.07 GB or more"
    ]
    assert said(changed((FREE[0], rule.replace("36G", "100G")))) == []


# One disk for both


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ('path = "/dev/disk/by-id/ata-A_1"', "disk/by-id/ata-A_1"),
        ('path = "/dev/disk/by-id/ata-A_1"', "/dev/disk/by-id/ata-A*"),
        ('serial = "S 1"', "disk/by-id/ata-SAMSUNG_S_1"),
        ('wwn = "0x5000c500"', "disk/by-id/wwn-0x5000c500"),
    ],
)
def test_a_disk_that_both_claim(said: Said, rule: str, name: str) -> None:
    text = changed(
        ("ignoredisk --only-use=sda", f"ignoredisk --only-use={name}"),
        (" --drives=sda", ""),
        (FREE[0], f"disks = [{{ {rule} }}]"),
    )
    assert said(text) == [
        f"ks:8: error: ignoredisk --only-use={name}: storage.disks[0] wants that disk whole\n"
        "  hint: keep Anaconda off it, or name another disk in storage.disks[0]"
    ]


def test_a_disk_that_anaconda_ignores_is_the_storage_repositorys(said: Said) -> None:
    changes = [("--only-use=sda", "--drives=disk/by-id/ata-A_1"), (" --drives=sda", "")]
    assert said(changed(*changes, (FREE[0], 'disks = [{ serial = "1" }]'))) == []
    assert said(changed(*changes, (FREE[0], 'disks = [{ serial = "2" }]'))) == [
        "ks:9: error: clearpart --all: nothing keeps Anaconda off the disk of the storage repository\n"
        "  hint: say which disk is Anaconda's: ignoredisk --only-use=DISK"
    ]


def test_consent(said: Said) -> None:
    rule = 'disks = [{ serial = "1" }]\nwipe = "listed-disks"'
    assert said(changed((FREE[0], rule), ("reqpart", "reqpart\ncmdline"))) == [
        'ks:27: warning: storage.wipe = "listed-disks" needs somebody\'s consent\n'
        "  hint: start the installer with zeus.unattended on the kernel command line"
    ]
    assert said(changed((FREE[0], rule))) == []


def test_a_machine_tells_which_disk_a_rule_means(said: Said) -> None:
    small = changed((FREE[0], 'disks = [{ match = { size = "<=100G" } }]'))
    assert said(small) == []
    assert [text.partition("\n")[0] for text in said(small, machine=MACHINE)] == [
        f"ks:{line}: error: {command}=sda: storage.disks[0] wants that disk whole"
        for line, command in ((8, "ignoredisk --only-use"), (9, "clearpart --drives"))
    ]
    large = changed((FREE[0], 'disks = [{ match = { size = ">100G" } }]'))
    assert said(large, machine=MACHINE) == []


def test_without_a_rule_it_is_the_disk_that_is_left(said: Said) -> None:
    assert said(changed(), machine=MACHINE) == []
    other, message = said(changed(("--only-use=sda", "--only-use=sdc"), (" --drives=sda", "")), machine=MACHINE)
    assert other == "ks:8: error: ignoredisk --only-use=sdc: the machine has no such disk\n  hint: it has sda and sdb"
    assert message.startswith("ks:24: error: storage.disks (by default the only empty disk) matches 2 disks, wants 1\n")


def test_a_partition_of_the_storage_repositorys_disk(said: Said) -> None:
    rule = (FREE[0], 'disks = [{ serial = "DATA" }]')
    for name in ("sdb1", "disk/by-id/ata-DATA-part1"):
        (message,) = said(
            changed(rule, ("part / --fstype=xfs --size=32768", f"part / --onpart={name}")), machine=MACHINE
        )
        assert message.startswith(f"ks:12: error: part / --onpart={name}: storage.disks[0] wants that disk whole\n")


def test_a_rule_that_fits_no_disk_of_the_machine(said: Said) -> None:
    (message,) = said(changed((FREE[0], 'disks = [{ serial = "NOPE" }]')), machine=MACHINE)
    assert message.startswith("ks:25: error: storage.disks[0] matches no disk, wants 1\n")


def test_the_space_of_the_machines_disk(said: Said) -> None:
    gpt = dataclasses.replace(MACHINE.disks[0], table="gpt", size=36 * 10**9, system=True)
    machine = dataclasses.replace(MACHINE, disks=(gpt,))
    found = said(changed((FREE[0], 'space = "free-space"\ndisks = [{ serial = "SYS" }]')), machine=machine)
    assert found == [
        f"ks:12: error: the partitions take 36.5 GB of a disk of 36 GB: {NO_SPACE}\n  hint: leave 1.07 GB or more"
    ]


# NICs


@pytest.mark.parametrize(
    ("nic", "device", "messages"),
    [
        ('mac = "52:54:00:00:00:01"', "52:54:00:00:00:01", []),
        ('mac = "52:54:00:AA:00:01"', "52:54:00:aa:00:01", []),
        ('mac = "52:54:00:00:00:01"', "link", []),
        ('mac = "52:54:00:00:00:01"', "bootif", []),
        ("match = { link = true }", "eno9", []),
        ('match = { name = "eno1" }', "eno1", []),
        (
            'mac = "52:54:00:00:00:01"',
            "52:54:00:00:00:02",
            [
                "ks:27: error: network.management.nic.mac is 52:54:00:00:00:01, but the network commands name "
                "52:54:00:00:00:02\n  hint: add: network --device=52:54:00:00:00:01 --bootproto=dhcp --activate"
            ],
        ),
        (
            'match = { name = "eno1" }',
            "eno2",
            [
                "ks:27: error: network.management.nic.match is eno1, but the network commands name eno2\n"
                "  hint: add: network --device=eno1 --bootproto=dhcp --activate"
            ],
        ),
        (
            'mac = "52:54:00:00:00:01"',
            "eno1",
            [
                "ks:27: warning: network.management.nic.mac is 52:54:00:00:00:01: nobody can tell whether that is "
                "eno1\n"
                "  hint: name it the same way in both: network --device=52:54:00:00:00:01"
            ],
        ),
    ],
)
def test_the_management_nic(said: Said, nic: str, device: str, messages: list[str]) -> None:
    answers = f'sr_type = "ext"\n[network.management]\nnic = {{ {nic} }}'
    assert said(changed(("--device=link", f"--device={device}"), ('sr_type = "ext"', answers))) == messages


def test_a_machine_tells_which_nic_is_which(said: Said) -> None:
    answers = 'sr_type = "none"\n[network.management]\nnic = { mac = "52:54:00:00:00:01" }'
    for device, count in (("eno1", 0), ("eno2", 1)):
        text = changed(("--device=link", f"--device={device}"), ('sr_type = "ext"', answers))
        assert len(said(text, machine=MACHINE)) == count


def test_no_network_command(said: Said) -> None:
    answers = 'sr_type = "ext"\n[network.management]\nnic = { mac = "52:54:00:00:00:01" }'
    for line in ("", "network --hostname=xen1\n"):
        changes = [("network --bootproto=dhcp --device=link --activate\n", line), ('sr_type = "ext"', answers)]
        (message,) = said(changed(*changes))
        assert message.endswith(
            "warning: network.management.nic.mac is 52:54:00:00:00:01, and no network command names it\n"
            "  hint: add: network --device=52:54:00:00:00:01 --bootproto=dhcp --activate"
        )

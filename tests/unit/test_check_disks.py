"""Which disks are chosen, and the exact words when none can be."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answers.model import Answers, DiskMatch, DiskRule, Storage
from zeus_installer.checks.disk_safety import MINIMUM_SIZE
from zeus_installer.checks.disks import check_disks, choose_disks
from zeus_installer.checks.model import Verdict
from zeus_installer.machine.model import Cpu, Disk, Firmware, Iommu, Kernel, Machine, Memory, Os, Partition, Use, Xen
from zeus_installer.storage.layout import MIB
from zeus_installer.system.errors import UsageError

GB = 10**9
RAID = (Use(kind="md", name="old:0"),)
SDA = Disk(
    name="sda", path="/dev/sda", size=480_103_981_056, model="SAMSUNG MZ7LH480", serial="S45PNA0M", wwn="0x5002538e1"
)
SDB = dataclasses.replace(SDA, name="sdb", path="/dev/sdb", serial="S45PNA1K", wwn="0x5002538e2")
ROOT = Disk(
    name="nvme0n1",
    path="/dev/nvme0n1",
    size=256 * GB,
    model="INTEL",
    serial="P1",
    table="gpt",
    system=True,
    partitions=(
        Partition(
            number=1,
            path="/dev/nvme0n1p1",
            start=MIB,
            size=100 * GB,
            uses=(Use(kind="filesystem", name="ext4", active=True), Use(kind="mount", name="/", active=True)),
        ),
    ),
)


def machine(*disks: Disk) -> Machine:
    return Machine(
        cpu=Cpu(vendor=None, model=None, threads=None),
        iommu=Iommu(kind=None, state=None),
        firmware=Firmware(type=None),
        memory=Memory(bytes=None),
        xen=Xen(running=False),
        kernel=Kernel(release=None),
        os=Os(id=None),
        disks=disks,
    )


def answers(*rules: DiskRule, **storage: object) -> Answers:
    return Answers(storage=Storage(disks=rules, **storage))  # type: ignore[arg-type]


def chosen(wanted: Answers, *disks: Disk) -> list[str]:
    return [disk.name for disk in choose_disks(wanted, machine(*disks))]


def refusal(wanted: Answers, *disks: Disk) -> UsageError:
    with pytest.raises(UsageError) as caught:
        choose_disks(wanted, machine(*disks))
    assert caught.value.code == "storage.disks"
    return caught.value


def with_use(disk: Disk, kind: str, name: str = "x", *, active: bool = True) -> Disk:
    return dataclasses.replace(disk, uses=(Use(kind=kind, name=name, active=active),))


# --- what is chosen ---


@pytest.mark.parametrize(
    "rule",
    [
        DiskRule(serial="S45PNA1K"),
        DiskRule(wwn="0x5002538e2"),
        DiskRule(wwn="naa.5002538E2"),
        DiskRule(path="/dev/disk/by-id/ata-b"),
        DiskRule(match=DiskMatch(model="mz7lh480", size=">=480G", rotational=None)),
        DiskRule(match=DiskMatch(transport="sata", rotational=False, empty=True, size="<448GiB")),
    ],
)
def test_a_rule_names_a_disk(rule: DiskRule) -> None:
    wanted = dataclasses.replace(
        SDB, links=("/dev/disk/by-id/wwn-b", "/dev/disk/by-id/ata-b"), transport="sata", rotational=False
    )
    other = dataclasses.replace(SDA, model="Other", size=500 * GB, transport="sas", rotational=True)
    assert chosen(answers(rule), ROOT, other, wanted) == ["sdb"]


def test_without_a_rule_the_only_empty_disk_is_taken() -> None:
    assert chosen(answers(), ROOT, dataclasses.replace(SDA, uses=RAID), SDB) == ["sdb"]


def test_without_a_rule_a_disk_with_something_on_it_is_not_taken_whatever_wipe_says() -> None:
    error = refusal(answers(wipe="listed-disks"), ROOT, dataclasses.replace(SDA, uses=RAID))
    assert error.message.startswith("storage.disks (by default the only empty disk) matches no disk, wants 1\n")
    assert error.hint == 'name a disk by serial = "…", with wipe = "listed-disks" to destroy what is on it'


def test_two_disks_by_one_rule() -> None:
    assert chosen(answers(DiskRule(match=DiskMatch(model="MZ7"), count=2)), ROOT, SDA, SDB) == ["sda", "sdb"]


@pytest.mark.parametrize("kind", ["none", "nfs"])
def test_no_disk_is_chosen_for_storage_that_is_not_local(kind: str) -> None:
    assert chosen(answers(DiskRule(serial="absent"), sr_type=kind), ROOT) == []


def test_listed_disks_may_hold_what_can_be_released() -> None:
    disk = dataclasses.replace(
        SDA, uses=tuple(Use(kind=kind, name=kind, active=True) for kind in ("lvm", "md", "luks", "multipath"))
    )
    assert chosen(answers(DiskRule(serial="S45PNA0M"), wipe="listed-disks"), disk) == ["sda"]


def test_free_space_takes_the_system_disk() -> None:
    assert chosen(answers(space="free-space"), ROOT, SDA) == ["nvme0n1"]


def test_free_space_of_a_named_disk() -> None:
    data = dataclasses.replace(ROOT, name="sdc", serial="D", system=False)
    assert chosen(answers(DiskRule(serial="D"), space="free-space"), ROOT, data) == ["sdc"]


# --- exact words ---


def test_two_matches_show_the_table() -> None:
    error = refusal(
        answers(DiskRule(match=DiskMatch(model="MZ7LH480"))), dataclasses.replace(ROOT, model=None), SDA, SDB
    )
    assert error.message == (
        "storage.disks[0] matches 2 disks, wants 1\n"
        "  SAMSUNG MZ7LH480  S45PNA0M  480 GB  /dev/sda      empty\n"
        "  SAMSUNG MZ7LH480  S45PNA1K  480 GB  /dev/sdb      empty\n"
        "  -                 P1        256 GB  /dev/nvme0n1  GPT table with partition 1 (ext4 and mounted on /)"
        "  its model is not like 'MZ7LH480'"
    )
    assert error.hint == 'name one by serial = "…", or say count = 2'


def test_two_empty_disks_need_a_rule() -> None:
    error = refusal(answers(), SDA, SDB)
    assert error.message == (
        "storage.disks (by default the only empty disk) matches 2 disks, wants 1\n"
        "  SAMSUNG MZ7LH480  S45PNA0M  480 GB  /dev/sda  empty\n"
        "  SAMSUNG MZ7LH480  S45PNA1K  480 GB  /dev/sdb  empty"
    )
    assert error.hint == 'name one by serial = "…"'


def test_no_match_shows_what_there_is() -> None:
    error = refusal(answers(DiskRule(serial="TYPO")), SDA)
    assert error.message == (
        "storage.disks[0] matches no disk, wants 1\n"
        "  SAMSUNG MZ7LH480  S45PNA0M  480 GB  /dev/sda  empty  has another serial number"
    )
    assert error.hint == 'name a disk that can be used by serial = "…"'


def test_a_machine_without_disks() -> None:
    error = refusal(answers())
    assert error.message == "storage.disks (by default the only empty disk): this machine has no disk"
    assert error.hint == 'connect one, or say sr_type = "none": no local storage'


def test_a_disk_that_is_not_empty_names_the_remedy() -> None:
    error = refusal(answers(DiskRule(serial="S45PNA0M")), dataclasses.replace(SDA, uses=RAID))
    assert error.message == (
        "storage.disks[0] matches 1 disk, of which none can be used, wants 1\n"
        "  SAMSUNG MZ7LH480  S45PNA0M  480 GB  /dev/sda  Linux RAID member old:0  is not empty"
    )
    assert error.hint == 'wipe = "listed-disks" destroys what is on the disks that are listed'


def test_a_disk_named_twice() -> None:
    error = refusal(answers(DiskRule(serial="S45PNA0M"), DiskRule(path="/dev/sda")), SDA)
    assert error.message.endswith("empty  is already named by storage.disks[0]")


def test_a_volume_group_that_spans_another_disk() -> None:
    spanning = answers(DiskRule(serial="S45PNA0M"), wipe="listed-disks")
    error = refusal(spanning, with_use(SDA, "lvm", "vg0"), with_use(SDB, "lvm", "vg0"))
    assert error.message == ("storage.disks[0]: /dev/sda has lvm vg0 in common with /dev/sdb, which is not chosen")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"system": True}, "holds the running system"),
        ({"install_medium": True}, "is the medium that this system was started from"),
        ({"read_only": True}, "is read-only"),
        ({"removable": True}, "is removable"),
        (
            {"size": MINIMUM_SIZE - 1},
            "is smaller than 1 GiB, the least for an SR and the disk of one guest",
        ),
        ({"logical_sector": 4096}, "has sectors of 4096 bytes, and disks on an ext SR need 512"),
        ({"uses": (Use(kind="mount", name="/data", active=True),)}, "is in use: mounted on /data"),
        ({"uses": (Use(kind="swap", name="", active=True),)}, "is in use: swap"),
        ({"uses": (Use(kind="holder", name="dm-7", active=True),)}, "is in use: holder dm-7"),
        ({"uses": (Use(kind="zfs", name="tank", active=True),)}, "is in use: zfs tank"),
        ({"wwn": "0x5002538e2", "serial": "S45PNA1K"}, "is one of several paths to one disk (also /dev/sdb)"),
        ({"wwn": None, "serial": "S45PNA1K"}, "has the same serial number as /dev/sdb"),
    ],
)
def test_a_disk_that_cannot_be_used_says_why(facts: dict[str, object], reason: str) -> None:
    disk = dataclasses.replace(SDA, **facts)  # type: ignore[arg-type]
    error = refusal(answers(DiskRule(path="/dev/sda"), wipe="listed-disks"), disk, SDB)
    row = next(line for line in error.message.splitlines() if "/dev/sda" in line)
    assert row.endswith(f"  {reason}")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"table": "dos"}, "has no GPT to add a partition to"),
        (
            {"size": 100 * GB + 500 * MIB},
            "its biggest gap is 522 MB, less than 1 GiB, the least for an SR and the disk of one guest",
        ),
        ({"system": False}, "is not the system disk"),
    ],
)
def test_free_space_that_cannot_be_used_says_why(facts: dict[str, object], reason: str) -> None:
    error = refusal(answers(space="free-space"), dataclasses.replace(ROOT, **facts))  # type: ignore[arg-type]
    assert error.message.endswith(f"  {reason}")


# --- the finding ---


def test_the_finding_names_the_disk() -> None:
    finding = check_disks(machine(ROOT, SDB), answers())
    assert (finding.id, finding.verdict) == ("storage.disk", Verdict.PASS)
    assert finding.seen == "SAMSUNG MZ7LH480, serial S45PNA1K, 480 GB, /dev/sdb: empty"


def test_the_finding_fails_with_the_words_of_the_error() -> None:
    finding = check_disks(machine(SDA, SDB), answers())
    error = refusal(answers(), SDA, SDB)
    assert (finding.verdict, finding.seen, finding.remedy) == (Verdict.FAIL, error.message, error.hint)


def test_what_is_on_a_disk_is_not_known() -> None:
    finding = check_disks(machine(dataclasses.replace(SDA, examined=False)), answers())
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.seen.endswith("not known  what is on it is not known")


# --- for every machine and every rule ---

uses = st.builds(
    Use,
    kind=st.sampled_from(["mount", "swap", "lvm", "md", "luks", "zfs", "holder", "filesystem"]),
    name=st.sampled_from(["a", "b"]),
    active=st.booleans(),
)
facts = st.fixed_dictionaries(
    {
        "size": st.sampled_from([MINIMUM_SIZE - 1, 100 * GB, 480 * GB]),
        "serial": st.sampled_from([None, "S1", "S2", "S3"]),
        "wwn": st.sampled_from([None, "0x1", "0x2"]),
        "system": st.booleans(),
        "install_medium": st.sampled_from([False, False, True]),
        "removable": st.sampled_from([False, False, True]),
        "logical_sector": st.sampled_from([512, 512, 4096]),
        "uses": st.lists(uses, max_size=2).map(tuple),
        "examined": st.sampled_from([True, True, False]),
    }
)
machines = st.lists(facts, max_size=5).map(
    lambda found: machine(
        *(Disk(name=f"sd{index}", path=f"/dev/sd{index}", **disk) for index, disk in enumerate(found))  # type: ignore[arg-type]
    )
)
rules = st.one_of(
    st.builds(DiskRule, serial=st.sampled_from(["S1", "S2", "S3"])),
    st.builds(DiskRule, wwn=st.sampled_from(["0x1", "0x2"])),
    st.builds(DiskRule, path=st.sampled_from(["/dev/sd0", "/dev/sd1"])),
    st.builds(
        DiskRule,
        match=st.builds(
            DiskMatch, size=st.sampled_from([None, ">=200G", "<=200G"]), empty=st.sampled_from([None, True])
        ),
        count=st.integers(1, 3),
    ),
)
wishes = st.builds(
    Storage,
    disks=st.lists(rules, max_size=2).map(tuple),
    wipe=st.sampled_from(["only-if-empty", "listed-disks"]),
)


@given(machines, wishes)
def test_nothing_but_usable_disks_in_the_count_that_was_asked_for(found: Machine, storage: Storage) -> None:
    try:
        disks = choose_disks(Answers(storage=storage), found)
    except UsageError as error:
        assert error.message.startswith("storage.disks")
        return
    assert (
        len(disks) == len({disk.name for disk in disks}) == sum(rule.count for rule in storage.disks or (DiskRule(),))
    )
    for disk in disks:
        assert disk in found.disks
        assert not (disk.system or disk.install_medium or disk.removable or disk.logical_sector != 512)
        assert disk.size >= MINIMUM_SIZE
        assert not any(use.active and use.kind in {"mount", "swap", "zfs", "holder"} for use in disk.all_uses)
        assert disk.empty or (storage.disks and storage.wipe == "listed-disks")


@given(machines, wishes)
def test_choosing_does_not_depend_on_the_order_of_the_disks(found: Machine, storage: Storage) -> None:
    def outcome(disks: tuple[Disk, ...]) -> object:
        try:
            return sorted(disk.name for disk in choose_disks(Answers(storage=storage), machine(*disks)))
        except UsageError:
            return None

    assert outcome(found.disks) == outcome(found.disks[::-1])

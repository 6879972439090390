"""What the add-on makes of a machine and of Anaconda's plans for it, without a bus."""

from dataclasses import replace

import pytest

from tests.terminal.machines import machine_file
from zeus_installer.addon.inquiry import Inquiry, inquire
from zeus_installer.addon.keyfiles import Ipv4
from zeus_installer.addon.surroundings import BootDevice, Surroundings, completed
from zeus_installer.addon.wishes import Wishes
from zeus_installer.answers.model import Static
from zeus_installer.machine.model import Machine
from zeus_installer.machine.replay import load

REPO = {"id": "xapi", "baseurl": "https://packages.example.org/xapi/", "gpgkey": "https://packages.example.org/key"}
CLAIMED = frozenset({"vda"})
STATIC = Ipv4(static=True, address="192.0.2.10/24", gateway="192.0.2.1", dns=("192.0.2.53",))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """One with two disks that are not empty: vda and vdb."""
    recorded = load(machine_file("amd-iommu", tmp_path_factory.mktemp("machine")))
    _, data = recorded.disks
    first = replace(data, name="vda", path="/dev/vda", serial="FIRST", table="gpt")
    return replace(recorded, disks=(first, replace(data, table="gpt")))


def wishes(**storage: object) -> Wishes:
    return Wishes({"version": 1, "storage": storage, "packages": {"repos": [REPO]}})


def judge(machine: Machine, wanted: Wishes, around: Surroundings, agreed: frozenset[str] | None = None) -> Inquiry:
    return inquire(machine, wanted, around, agreed)


def seen(inquiry: Inquiry, check: str) -> tuple[str, str]:
    return next((finding.verdict, finding.seen) for finding in inquiry.findings if finding.id == check)


def test_consent_is_to_what_was_shown_and_to_nothing_else(machine: Machine) -> None:
    either = wishes(disks=[{"match": {"size": ">1G"}}], wipe="listed-disks")
    shown = judge(machine, either, Surroundings(claimed=CLAIMED), frozenset())
    assert [finding.id for finding in shown.failures] == ["storage.consent"]
    agreed = frozenset(shown.destroys)
    assert judge(machine, either, Surroundings(claimed=CLAIMED), agreed).failures == ()
    swapped = judge(machine, either, Surroundings(claimed=frozenset({"vdb"})), agreed)
    assert [finding.id for finding in swapped.failures] == ["storage.consent"]
    assert swapped.destroys != shown.destroys


def test_the_disks_of_a_machine_that_makes_an_image_are_not_the_hosts(machine: Machine) -> None:
    here = Surroundings(claimed=frozenset(), hardware=False)
    assert seen(judge(machine, wishes(), here), "storage.disk") == (
        "fail",
        "this installation is into a directory or an image: the disks are those of the machine that makes it",
    )
    assert judge(machine, wishes(sr_type="none"), here).failures == ()


def test_not_knowing_which_disks_anaconda_uses_is_not_none(machine: Machine) -> None:
    assert seen(judge(machine, wishes(), Surroundings()), "storage.disk") == (
        "fail",
        "which disks Anaconda uses is not known: its storage module does not answer",
    )


def test_an_image_that_is_copied_has_no_packages(machine: Machine) -> None:
    live = Surroundings(claimed=CLAIMED, payload="LIVE_OS", sources=frozenset())
    assert seen(judge(machine, wishes(sr_type="none"), live), "packages.payload") == (
        "fail",
        "Anaconda installs an image here (LIVE_OS), and the Xen host is made of packages",
    )


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (frozenset({"zeus-xapi"}), True),
        (frozenset({"mine", "https://packages.example.org/xapi"}), True),
        (frozenset({"fedora"}), False),
        (frozenset(), False),
    ],
)
def test_a_repository_that_anaconda_was_not_given(machine: Machine, sources: frozenset[str], found: bool) -> None:
    around = Surroundings(claimed=CLAIMED, payload="DNF", sources=sources)
    failures = judge(machine, wishes(sr_type="none"), around).failures
    assert [finding.id for finding in failures] == ([] if found else ["packages.anaconda"])
    if not found:
        text = "Anaconda was given no repository called zeus-xapi, and none with the same address"
        assert failures[0].seen == text


@pytest.mark.parametrize("nic", [None, {"match": {"link": True}}, {"mac": "52:54:00:12:34:56"}])
def test_a_static_address_is_that_of_the_nic_whichever_way_it_is_named(machine: Machine, nic: object) -> None:
    data: dict[str, object] = {"version": 1, "network": {"management": {"nic": nic}} if nic else {}}
    around = Surroundings(nic="52:54:00:12:34:56", ipv4=STATIC)
    management = completed(Wishes(data), around, machine).answers.network.management
    assert management.ipv4 == Static(address="192.0.2.10/24", gateway="192.0.2.1")
    assert management.dns == ("192.0.2.53",)


def test_the_address_of_another_nic_is_not_taken(machine: Machine) -> None:
    data = {"version": 1, "network": {"management": {"nic": {"mac": "52:54:00:00:00:99"}}}}
    around = Surroundings(nic="52:54:00:12:34:56", ipv4=STATIC)
    assert completed(Wishes(data), around, machine).answers.network.management.ipv4 == "dhcp"


@pytest.mark.parametrize("layer", ["lvmlv", "mdarray", "mdbiosarray", "luks/dm-crypt", "btrfs subvolume"])
def test_layers_below_boot_through_which_grub_cannot_write(machine: Machine, layer: str) -> None:
    boot = BootDevice(format="ext4", layers=("partition", layer), separate=True)
    inquiry = judge(machine, wishes(sr_type="none"), Surroundings(claimed=CLAIMED, boot=boot))
    assert [finding.id for finding in inquiry.failures] == ["boot.one_shot"]

"""A boot medium, and nobody there: an empty machine becomes a verified host without a key pressed.

The medium is seen by the firmware only; host and disks are judged from outside of the guest.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.lab.disk import Firmware
from tests.lab.images import DATA_SERIAL, SYSTEM_SERIAL
from tests.lab.journey import Journey
from tests.lab.machine import GUEST_ADDRESS, STICK, free_port
from tests.lab.media import Site, ZeusMedium, make_medium, site
from tests.lab.outside import SR_TYPE_GUID, as_raw, lvm_metadata, partitions
from tests.lab.screen import Screen
from tests.lab.vm import LINUX, READY, XEN, Vm, boot

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]

HOSTNAME = "xen1.lab.example"
DATA_SIZE = 20 * 1024**3
# GPT types of the partitions of dom0's disk: the firmware's own, /boot, /, swap.
LINUX_GUID = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
SWAP_GUID = "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F"
FIRMWARE_GUIDS: dict[Firmware, str] = {
    "bios": "21686148-6449-6E6F-744E-656564454649",
    "uefi": "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A site, and media that were made for it."""

    here: Site
    media: Mapping[bool, ZeusMedium]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Media]:
    """All of it, for all tests here."""
    scratch = tmp_path_factory.mktemp("media")
    with site(scratch) as here:
        names = {False: "network.iso", True: "offline.iso"}
        made = {offline: make_medium(scratch / name, here, offline=offline) for offline, name in names.items()}
        yield Media(here=here, media=made)


@pytest.mark.parametrize(
    ("firmware", "kind", "offline"),
    [
        ("uefi", "usb", True),
        pytest.param("bios", "cd", False, marks=pytest.mark.campaign),
        pytest.param("bios", "usb", True, marks=pytest.mark.campaign),
        pytest.param("uefi", "cd", False, marks=pytest.mark.campaign),
    ],
)
def test_a_medium_makes_an_empty_machine_a_host(
    tmp_path: Path, media: Media, firmware: Firmware, kind: Literal["cd", "usb"], offline: bool
) -> None:
    https = free_port()
    machine = media.here.machine(tmp_path, media.media[offline], firmware=firmware, kind=kind, https=https)
    with boot(machine, tmp_path / "serial.log") as vm:
        trip = Journey(vm=vm, url="", https=https)
        wait_installed(vm)
        if (firmware, kind) == ("bios", "usb"):
            vm.expect("reboot: Restarting system", 60)
            vm.qmp.command("device_del", id=STICK)
        screen = Screen(vm.console)
        vm.wait_boots(XEN, 1, 240)
        screen.expect("This machine is a verified XenAPI host.", 900)
        screen.expect(f"https://{GUEST_ADDRESS}, user root")
        assert_host(trip.login())

        # Nobody has touched a key up to here; the installer's Linux was the only one before Xen's.
        assert (vm.boots(XEN), vm.boots(LINUX)) == (1, 2)
        screen.press("f10")
        vm.expect(READY, 120)
        trip.prompt()
        assert vm.check("zeus status").startswith("state: done\n")
        assert trip.report()["result"] == "done"
        assert json.loads(vm.check("cat /var/lib/zeus/anaconda.json"))["result"] == "done"
        assert "saved_entry=zeus-xen\n" in vm.check("grub2-editenv list")
        words = vm.check("cat /proc/cmdline").split()
        # Nothing of the installer's command line is left on the host's.
        assert [word for word in words if word.startswith(("inst.", "zeus."))] == ["zeus.dom0"]
        vm.power_off()
    assert_disks(tmp_path, firmware)


@pytest.mark.parametrize(("firmware", "kind"), [("bios", "cd"), ("bios", "usb")])
def test_the_same_medium_starts_the_same_installation_otherwise(
    tmp_path: Path, media: Media, firmware: Firmware, kind: Literal["cd", "usb"]
) -> None:
    machine = media.here.machine(tmp_path, media.media[False], firmware=firmware, kind=kind, https=free_port())
    with boot(machine, tmp_path / "serial.log") as vm:
        vm.expect(r"anaconda\[[\d.]+\]: Check the machine for Xen\n", 240)
        vm.quit()


def wait_installed(vm: Vm) -> None:
    """Wait for the end of the installation; an error ends the test with its words."""
    match = vm.expect(r"anaconda\[[\d.]+\]: (Installation complete|The installation was stopped by an error)", 600)
    if "complete" not in match[1]:
        vm.expect("reboot: Restarting system", 60)
        pytest.fail(vm.console.text[match.start() :])


def assert_host(session: Any) -> None:
    """The host as a client sees it from outside."""
    api = session.xenapi
    (host,) = api.host.get_all_records().values()
    assert host["enabled"]
    assert host["hostname"] == HOSTNAME
    assert host["address"] == GUEST_ADDRESS
    (pool,) = api.pool.get_all_records().values()
    sr = api.SR.get_record(pool["default_SR"])
    assert sr["type"] == "ext"
    assert int(sr["physical_size"]) > 0.9 * DATA_SIZE
    assert [api.PBD.get_currently_attached(pbd) for pbd in sr["PBDs"]] == [True]
    (pif,) = (pif for pif in api.PIF.get_all_records().values() if pif["management"])
    assert pif["ip_configuration_mode"] == "DHCP"
    assert pif["IP"] == GUEST_ADDRESS


def assert_disks(scratch: Path, firmware: Firmware) -> None:
    """dom0's partitions are on its disk, and the repository is alone on the other one."""
    types = [row["type"] for row in partitions(as_raw(scratch / f"{SYSTEM_SERIAL}.qcow2"))]
    assert types == [FIRMWARE_GUIDS[firmware], LINUX_GUID, LINUX_GUID, SWAP_GUID]
    raw = as_raw(scratch / f"{DATA_SERIAL}.qcow2")
    (partition,) = partitions(raw)
    assert partition["type"] == SR_TYPE_GUID
    assert "XSLocalEXT-" in lvm_metadata(raw, partition)

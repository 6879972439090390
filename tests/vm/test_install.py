"""The main job, whole: plain machine → zeus install → reboot into real Xen → finished, verified host.

Boots and disks are judged from outside of the guest: the serial log, the images, HTTPS.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import XenAPI

from tests.lab.images import DATA_SIZE, empty_disk
from tests.lab.journey import PASSWORD, PASSWORD_HASH, Journey, Wish, journey
from tests.lab.machine import GUEST_ADDRESS, Disk
from tests.lab.outside import SR_TYPE_GUID, as_raw, digest, lvm_metadata, partitions
from tests.lab.tools import run
from tests.lab.vm import GRUB, READY, XEN

pytestmark = [pytest.mark.vm, pytest.mark.timeout(2700)]

VG_OF = {"ext": "XSLocalEXT-", "lvm": "VG_XenStorage-"}

# Stops each daemon that `zeus verify` watches, one at a time, and prints whether the verification names it then.
# xenstored cannot be stopped: Xen's store does not survive it.
KILL_EACH = """\
from zeus_installer.system.run import run
from zeus_installer.system.target import Target
from zeus_installer.verify.model import Expectations
from zeus_installer.verify.services import SERVICES, check_services
for service in SERVICES:
    if service.backend or service.optional or service.unit in ("xenstored.service", "proc-xen.mount"):
        continue
    run(["systemctl", "stop", service.unit])
    failed = [result for result in check_services(Target(), Expectations()) if not result.ok]
    print(service.unit, "NAMED" if any(service.unit in result.id + result.evidence for result in failed) else "SILENT")
    run(["systemctl", "start", service.unit])
"""


def install_to_the_end(trip: Journey, wish: Wish) -> None:
    trip.install_and_reboot(wish)
    trip.vm.wait_boots(XEN, 1, 400)
    trip.wait_verified()


def assert_host(session: Any, wish: Wish) -> None:
    """The host as a client sees it from outside."""
    api = session.xenapi
    (host,) = api.host.get_all()
    record = api.host.get_record(host)
    assert record["enabled"]
    assert record["hostname"] == "xen1.lab.example"
    assert record["address"] == GUEST_ADDRESS
    assert "hvm-3.0-x86_64" in record["capabilities"]
    (pool,) = api.pool.get_all_records().values()
    sr = api.SR.get_record(pool["default_SR"])
    assert sr["type"] == wish.sr_type
    assert sr["name_label"] == "Local storage"
    assert int(sr["physical_size"]) > 0.9 * DATA_SIZE
    assert [api.PBD.get_currently_attached(pbd) for pbd in sr["PBDs"]] == [True]
    (pif,) = (pif for pif in api.PIF.get_all_records().values() if pif["management"])
    assert pif["ip_configuration_mode"] == ("Static" if wish.static else "DHCP")
    assert pif["IP"] == GUEST_ADDRESS


def assert_disk(image: Path, wish: Wish) -> None:
    """The SR's disk, read from outside."""
    raw = as_raw(image)
    (partition,) = partitions(raw)
    assert partition["type"] == SR_TYPE_GUID
    assert int(str(partition["start"])) % 2048 == 0
    assert VG_OF[wish.sr_type] in lvm_metadata(raw, partition)


def assert_no_secret(trip: Journey) -> None:
    """Neither the password nor its hash is where others could read it."""
    assert PASSWORD not in trip.vm.console.text
    places = "/var/log /var/lib/zeus/journal.jsonl /var/lib/zeus/events.jsonl /var/lib/zeus/report.json /run/zeus"
    hash_body = PASSWORD_HASH.rsplit("$", 1)[1]
    found = trip.vm.run(f"grep -rlF -e '{PASSWORD}' -e '{hash_body}' {places}; journalctl -q | grep -cF '{hash_body}'")
    assert found.output.split() == ["0"]
    assert trip.vm.check("stat -c %a /var/lib/zeus/plan.json").strip() == "600"


def test_a_plain_bios_machine_becomes_a_host(tmp_path: Path) -> None:
    wish = Wish(sr_type="ext")
    with journey(tmp_path) as trip:
        vm = trip.vm
        addresses = vm.check("ip -br -4 addr; nmcli -t -f DEVICE,STATE device")
        install_to_the_end(trip, wish)
        assert_host(trip.login(), wish)
        with pytest.raises(XenAPI.Failure, match="SESSION_AUTHENTICATION_FAILED"):
            XenAPI.Session(f"https://127.0.0.1:{trip.https}", ignore_ssl=True).xenapi.login_with_password(
                "root", "wrong"
            )

        trip.prompt()
        assert vm.check("zeus status").startswith("state: done\n")
        report = trip.report()
        assert report["result"] == "done"
        assert_no_secret(trip)
        vm.console.write_file("/root/kill_each.py", KILL_EACH)
        verdicts = vm.check("python3 /root/kill_each.py", timeout=400)
        assert "SILENT" not in verdicts
        assert "xapi.service NAMED" in verdicts

        # The boot is committed: Xen is the default now, and the SR comes back by itself.
        vm.send("systemctl reboot\n")
        vm.wait_boots(XEN, 2, 400)
        vm.expect(READY, 600)
        trip.prompt()
        assert (
            "0" in vm.check("zeus verify >/root/verify.txt; echo $?; cat /root/verify.txt", timeout=120).split("\n")[0]
        )
        assert_host(trip.login(), wish)

        # Plain Linux is as it was: the same names, managed by NetworkManager, the same address.
        vm.check("grub2-reboot zeus-linux")
        vm.send("systemctl reboot\n")
        vm.wait_boots(GRUB, 3, 300)
        vm.expect(READY, 600)
        trip.prompt()
        assert vm.check("ip -br -4 addr; nmcli -t -f DEVICE,STATE device") == addresses
        vm.power_off()
    assert_disk(tmp_path / "data.qcow2", wish)


def test_a_uefi_machine_with_its_boot_on_xfs(tmp_path: Path) -> None:
    """UEFI, lvm SR, static address, /boot on XFS; a third disk that nobody named stays as it was."""
    bystander = tmp_path / "bystander.raw"
    bystander.write_bytes(os.urandom(1 << 20) + bytes(63 << 20))
    before = digest(bystander)
    wish = Wish(sr_type="lvm", static=True)
    third = Disk(path=bystander, serial="BYSTANDER", format="raw")
    with journey(tmp_path, layout="boot-xfs", firmware="uefi", more_disks=[third]) as trip:
        install_to_the_end(trip, wish)
        assert_host(trip.login(), wish)
        trip.prompt()
        trip.vm.power_off()
    assert_disk(tmp_path / "data.qcow2", wish)
    assert digest(bystander) == before


def test_a_root_on_lvm(tmp_path: Path) -> None:
    """The root's volume group stays up in dom0, and SR volumes beside it do not disturb the next plain boot."""
    wish = Wish(sr_type="lvm")
    with journey(tmp_path, layout="lvm-root") as trip:
        install_to_the_end(trip, wish)
        assert_host(trip.login(), wish)
        trip.prompt()
        trip.vm.power_off()
    assert_disk(tmp_path / "data.qcow2", wish)


def test_a_boot_directory_on_lvm_is_refused(tmp_path: Path) -> None:
    with journey(tmp_path, layout="lvm-boot") as trip:
        trip.write_answers(Wish())
        result = trip.vm.run("zeus install --answers /root/answers.toml --reboot 2>/root/errors; echo $?", timeout=120)
        assert result.output.split()[-1] == "3"
        assert "boot.one_shot" in trip.vm.check("cat /root/errors")
        assert trip.vm.check("ls /var/lib/zeus 2>/dev/null; ls /etc/yum.repos.d").split() == ["fedora-lab.repo"]
        trip.vm.power_off()
    untouched = empty_disk(tmp_path / "untouched.qcow2")
    assert "identical" in run(["qemu-img", "compare", untouched, tmp_path / "data.qcow2"])

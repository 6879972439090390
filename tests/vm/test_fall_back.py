"""A trial boot that goes wrong, with the whole engine: plain Linux comes back by itself and says why; nothing loops."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.journey import Journey
from tests.lab.readyhost import DEADLINE, ready_host
from tests.lab.vm import GRUB, READY, XEN

pytestmark = [pytest.mark.vm, pytest.mark.timeout(2700)]


@pytest.fixture
def trip(tmp_path: Path) -> Iterator[Journey]:
    with ready_host(tmp_path) as found:
        yield found


def reboot_and_come_back(trip: Journey, *, boots: int, timeout: float) -> None:
    """Reboot into the trial and wait until the machine is at plain Linux's prompt again, `boots` boots later."""
    trip.vm.send("systemctl reboot\n")
    for _ in range(boots):
        trip.vm.expect(GRUB, timeout)
    trip.vm.expect(READY, 600)
    trip.prompt()
    assert "zeus.dom0" not in trip.vm.check("cat /proc/cmdline")


def status(trip: Journey) -> dict[str, object]:
    said: dict[str, object] = json.loads(trip.vm.check("zeus status --json"))
    return said


def wait_for_the_engine(trip: Journey) -> None:
    """The service goes on by itself at boot; wait until it has said what it makes of it."""
    trip.vm.check("while systemctl is-active -q zeus-run; do sleep 1; done", timeout=120)


def test_a_broken_hypervisor_is_tried_twice_and_then_left_alone(trip: Journey) -> None:
    addresses = trip.vm.check("ip -br -4 addr; nmcli -t -f DEVICE,STATE device")
    trip.vm.check("truncate -s 500000 /boot/zeus/current/xen.gz; sync")

    # The damaged set is made again, and armed once more.
    reboot_and_come_back(trip, boots=2, timeout=400)
    wait_for_the_engine(trip)
    assert status(trip)["state"] == "ready-to-reboot"
    trip.vm.check("cmp /boot/zeus/current/xen.gz /boot/xen.gz")
    assert "next_entry=zeus-xen" in trip.vm.check("grub2-editenv list")
    assert trip.vm.check("ip -br -4 addr; nmcli -t -f DEVICE,STATE device") == addresses

    trip.vm.check("truncate -s 500000 /boot/zeus/current/xen.gz; sync")
    reboot_and_come_back(trip, boots=2, timeout=400)
    wait_for_the_engine(trip)
    after = status(trip)
    assert after["state"] == "fell-back"
    assert after["error"] == {
        "code": "trial.fell_back",
        "message": "Xen did not come up: 2 trial boots, the last one ended in plain Linux before dom0's userland",
        "hint": "look at the first serial port during such a boot (Xen and dom0 both write there), then: zeus resume",
    }
    assert "next_entry=\n" in trip.vm.check("grub2-editenv list")
    assert trip.report()["result"] == "failed"
    assert trip.vm.boots(XEN) == 0

    # By hand it is always armed again.
    assert "The host is ready to reboot into Xen" in trip.vm.check("zeus resume", timeout=120)
    assert "next_entry=zeus-xen" in trip.vm.check("grub2-editenv list")

    # A second installation is refused while there is a plan; the plan can be undone.
    refused = trip.vm.run("zeus install --answers /root/answers.toml 2>&1; echo status $?")
    assert "state: ready-to-reboot" in refused.output
    assert refused.output.endswith("status 3\n")
    trip.vm.check("zeus revert", timeout=180)
    assert status(trip)["state"] == "none"
    assert "zeus" not in trip.vm.check("grub2-editenv list; ls /boot; ls /etc/systemd/system")


def test_an_xapi_that_never_comes_up(trip: Journey) -> None:
    trip.vm.check("""echo '{"never_ready": true}' >/etc/xapi-lab-faults.json""")
    # On a slow machine the timer would be first: here it is the engine that gives up.
    trip.vm.check("sed -i s/^OnBootSec=.*/OnBootSec=3600s/ /etc/systemd/system/zeus-deadline.timer; sync")
    reboot_and_come_back(trip, boots=2, timeout=DEADLINE + 500)
    wait_for_the_engine(trip)
    assert trip.vm.boots(XEN) == 1
    assert status(trip)["state"] == "ready-to-reboot"
    said = trip.vm.check("cat /var/lib/zeus/events.jsonl")
    assert "back in plain Linux: dom0 came up in 1 trial boot but was not finished: xapi was not ready within" in said
    report = trip.report()
    assert report["result"] == "failed"
    assert isinstance(report["error"], dict)
    assert report["error"]["code"] == "xapi.not_ready"


def test_a_dom0_that_takes_too_long(trip: Journey) -> None:
    """The engine itself waits here; the timer beside it does not wait for the engine."""
    trip.vm.check("""echo '{"never_ready": true}' >/etc/xapi-lab-faults.json""")
    trip.vm.check("sed -i s/^OnBootSec=.*/OnBootSec=130s/ /etc/systemd/system/zeus-deadline.timer; sync")
    reboot_and_come_back(trip, boots=2, timeout=700)
    wait_for_the_engine(trip)
    assert trip.vm.boots(XEN) == 1
    assert status(trip)["state"] == "ready-to-reboot"
    journal = trip.vm.check("cat /var/lib/zeus/journal.jsonl")
    assert f"dom0 was not verified within {DEADLINE} s after its start" in journal

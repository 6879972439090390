"""The power goes away, four times in one installation, and it ends as if it never had."""

import time
from pathlib import Path

import pytest

from tests.lab.images import DATA_SERIAL
from tests.lab.journey import ANSWERS, Journey, Wish, journey
from tests.lab.outside import SR_TYPE_GUID, as_raw, partitions
from tests.lab.vm import XEN

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3000)]


def cut(trip: Journey, *, after: str, timeout: float, seconds: float = 0) -> None:
    """Press reset `seconds` after the console says `after`; nothing is told to the guest."""
    trip.vm.expect(after, timeout)
    time.sleep(seconds)
    trip.vm.reset()


def test_four_resets_end_in_the_same_host(tmp_path: Path) -> None:
    wish = Wish()
    with journey(tmp_path) as trip:
        trip.write_answers(wish)
        trip.vm.send(f"zeus install --answers {ANSWERS} --reboot\n")
        cut(trip, after=rf"write partition 1 of .*{DATA_SERIAL}", timeout=180)
        cut(trip, after=r"Install packages \.\.\.", timeout=300, seconds=5)
        cut(trip, after=r"creating the storage repository \(ext\) on", timeout=600, seconds=3)
        cut(trip, after=r"SR \S+ \(ext, \d+ bytes\) on \S+ is attached", timeout=600)
        trip.wait_verified(timeout=900)
        assert trip.vm.boots(XEN) == 3

        session = trip.login()
        api = session.xenapi
        (pool,) = api.pool.get_all_records().values()
        locals_ = [sr for sr in api.SR.get_all_records().values() if sr["type"] == wish.sr_type]
        assert len(locals_) == 1
        assert api.SR.get_uuid(pool["default_SR"]) == locals_[0]["uuid"]
        assert all(api.PBD.get_currently_attached(pbd) for pbd in locals_[0]["PBDs"])

        trip.prompt()
        steps = trip.report()["steps"]
        assert isinstance(steps, list)
        assert {step["result"] for step in steps} == {"done"}
        assert "0\n" in trip.vm.check(
            "rpm -Va --nomtime --noconfig --nodeps xapi-core sm blktap xen-hypervisor; echo $?"
        )
        trip.vm.power_off()
    (partition,) = partitions(as_raw(tmp_path / "data.qcow2"))
    assert partition["type"] == SR_TYPE_GUID

"""`make demo`: a plain Fedora-like machine becomes a Xen dom0, and a XenAPI client outside logs in to it."""

import tempfile
import time
from pathlib import Path
from typing import Any, Final

from tests.lab.__main__ import build_all
from tests.lab.journey import Journey, Wish, journey
from tests.lab.vm import LINUX, XEN

GIB: Final = 1024**3


def main() -> int:
    """Run the demo; its files stay below the directory that is printed."""
    began = time.monotonic()
    print("== The lab: a plain host, signed repositories (cached after the first time)")
    build_all()
    lab = time.monotonic() - began
    with tempfile.TemporaryDirectory(prefix="zeus-demo-") as name:
        scratch = Path(name)
        log = scratch / "serial.log"
        print(f"== The plain host boots. Its console: tail -f {log}")
        with journey(scratch, log=log) as trip:
            show(trip)
            trip.times = {"lab (built or from the cache)": lab, **trip.times, "all": time.monotonic() - began}
            print_times(trip)
    return 0


def show(trip: Journey) -> None:
    """The main job, part by part."""
    vm = trip.vm
    print("== What it is now:", vm.check("grep PRETTY_NAME /etc/os-release; uname -r").replace("\n", " "))
    wish = Wish()
    print("== zeus install --answers /root/answers.toml --reboot, on its console:")
    with trip.timed("zeus install (plain Linux)"):
        print(indented(trip.install_and_reboot(wish)))
    with trip.timed("reboot into Xen and dom0"):
        vm.wait_boots(XEN, 1, 120)
        vm.wait_boots(LINUX, 1, 240)
        print("== GRUB has started Xen; dom0 boots under it")
    with trip.timed("finishing in dom0"):
        trip.wait_verified()
    print("== From outside, with the XenAPI SDK over HTTPS:")
    with trip.timed("login from outside"):
        print(indented("\n".join(describe(trip.login()))))


def describe(session: Any) -> list[str]:
    """What a client sees of the host."""
    api = session.xenapi
    host = api.host.get_all()[0]
    record = api.host.get_record(host)
    pool = api.pool.get_all_records()
    default = next(iter(pool.values()))["default_SR"]
    lines = [
        f"host        {record['name_label']}  {record['uuid']}  enabled: {record['enabled']}",
        f"hypervisor  Xen {record['software_version'].get('xen', '?')}  {' '.join(record['capabilities'])}",
        f"address     {record['address']}",
    ]
    for ref, sr in api.SR.get_all_records().items():
        attached = all(api.PBD.get_currently_attached(pbd) for pbd in sr["PBDs"])
        size = int(sr["physical_size"]) / GIB
        mark = "  (default)" if ref == default else ""
        lines.append(
            f"SR          {sr['name_label']}  {sr['uuid']}  {sr['type']}  {size:.1f} GiB  attached: {attached}{mark}"
        )
    return lines


def indented(text: str) -> str:
    """The text as a quotation."""
    return "".join(f"   | {line}\n" for line in text.splitlines()).rstrip("\n")


def print_times(trip: Journey) -> None:
    """How long each part took."""
    print("== Times")
    for part, seconds in trip.times.items():
        print(f"   {part:34} {seconds:7.1f} s")

"""An unattended installation over the network, from power-on to the verified host, beside what no installer can avoid.

Its parts are measured on the same machine: the boot of the installer from the network, plain dnf of the set, the boot
of the finished host. Copying the distribution's own system is not among them, and is told beside.
"""

import re
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bench.rows import Row
from tests.lab.fleet import HOSTS, bench
from tests.lab.images import running
from tests.lab.journey import served
from tests.lab.product import use_repositories
from tests.lab.vm import READY, boot
from zeus_installer.sources.loader import load

INSTALLER: Final = r"anaconda\[[\d.]+\]: "
COPIED: Final = r"the base system is copied: ([\d.]+) s"


def measure() -> list[Row]:
    """Measure one machine; the lab is built before."""
    with tempfile.TemporaryDirectory(prefix="zeus-bench-") as name:
        scratch = Path(name)
        dnf = plain_dnf(scratch / "dnf")
        total, network_boot, host_boot, copied = installation(scratch / "host")
    floor = network_boot + dnf + host_boot
    parts = {
        "  boot of the installer": network_boot,
        "  plain dnf of the set": dnf,
        "  boot of the finished host": host_boot,
        "  (copy of the distribution)": copied,
    }
    return [
        Row(
            name="PXE, power-on to verified host",
            ours=total,
            peer=floor,
            peer_name="two boots and plain dnf",
            unit="s",
            goal="1.25 x",
        ),
        *(Row(name=part, ours=took, peer=None, peer_name="", unit="s", goal="none") for part, took in parts.items()),
    ]


def installation(scratch: Path) -> tuple[float, float, float, float]:
    """Install; the seconds of it, of the installer's boot, of the finished host's, and of copying the distribution."""
    host = HOSTS[0]
    scratch.mkdir()
    with bench(scratch, [host]) as here, here.serving("--until-done") as serving:
        began = time.monotonic()
        with boot(here.machine(host, scratch / host.name), scratch / "serial.log") as vm:
            vm.expect(INSTALLER, 300)
            network_boot = time.monotonic() - began
            serving.wait_for(host, ["done", "failed", "fell-back", "refused"], 1800)
            total = time.monotonic() - began
            if serving.process.wait(60):
                raise RuntimeError(f"the installation failed: {serving.of(host)[-1]}")
            copied = re.search(COPIED, vm.console.text)
            vm.reset()
            began = time.monotonic()
            vm.expect(READY, 600)
            host_boot = time.monotonic() - began
            vm.quit()
    return total, network_boot, host_boot, float(copied[1]) if copied else 0.0


def plain_dnf(scratch: Path) -> float:
    """The seconds of plain dnf with the set, on the lab's plain host with empty caches."""
    scratch.mkdir()
    with served() as url, running(scratch) as vm:
        use_repositories(vm, url)
        began = time.monotonic()
        vm.check(f"dnf --assumeyes install {' '.join(load('xapi').required)}", timeout=900)
        return time.monotonic() - began

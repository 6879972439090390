"""The package phase against plain dnf: the same set, the same empty caches, in turns.

Both run in fresh copies of the lab's plain host, with its own dnf, against the lab's repositories over HTTP. Zeus's
time is that of the whole step in a process of its own: keys, excludes, dependencies, download, signatures, rpm, flush.
"""

import json
import time
from collections.abc import Callable

from tests.bench.rows import Row, interleaved, print_rows
from tests.lab.http import serve
from tests.lab.overlay_host import OverlayHost, overlay_host
from tests.lab.repositories import DISTRIBUTION, KEY_NAME, VENDOR_REPOSITORY, repositories
from zeus_installer.packages.port import Repository, Request
from zeus_installer.packages.repofiles import repo_file
from zeus_installer.sources.loader import load
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.codec import encode

PAIRS = 7
STEP = """
import json, sys
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.codec import decode
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target
step = decode(InstallPackages, json.loads(sys.argv[1]))
step.apply(Target(), Reporter(lambda event: None, run="bench"))
"""


def measure() -> list[Row]:
    """Measure on this machine."""
    sets: set[str] = set()
    with serve(repositories()) as url:
        ours, dnfs = interleaved(lambda: seconds(zeus, url, sets), lambda: seconds(plain_dnf, url, sets), pairs=PAIRS)
    if len(sets) != 1:
        raise RuntimeError("the two did not install the same packages")
    return [
        Row(name="package phase", ours=ours, peer=dnfs, peer_name="plain dnf", unit="s", goal="1.0 x, 1.05 at most")
    ]


def seconds(way: Callable[[OverlayHost, str], None], url: str, sets: set[str]) -> float:
    """Run one way on a fresh host; wall seconds. The packages that stand afterwards are added to `sets`."""
    with overlay_host() as host:
        prepare(host, url)
        began = time.monotonic()
        way(host, url)
        took = time.monotonic() - began
        sets.add("\n".join(sorted(host.run(["rpm", "-qa"]).splitlines())))
    return took


def prepare(host: OverlayHost, url: str) -> None:
    """Configure the distribution's repository and install Zeus, compiled, as a machine has them."""
    repo = Repository(id="fedora", baseurl=f"{url}/{DISTRIBUTION}", priority=99, keys=(f"{url}/{KEY_NAME}",))
    (host.upper / "etc/yum.repos.d").mkdir(parents=True, exist_ok=True)
    (host.upper / "etc/yum.repos.d/fedora.repo").write_text(repo_file(repo, name="Fedora"))
    host.install_product()


def vendor(url: str) -> Repository:
    """The vendor's repository."""
    return Repository(id="zeus-xapi", baseurl=f"{url}/{VENDOR_REPOSITORY}", keys=(f"{url}/{KEY_NAME}",))


def plain_dnf(host: OverlayHost, url: str) -> None:
    """What an operator types once the repository is configured."""
    (host.upper / "etc/yum.repos.d/zeus-xapi.repo").write_text(repo_file(vendor(url), name="XenAPI"))
    host.run(["dnf", "--assumeyes", "--releasever=44", "install", *load("xapi").required])


def zeus(host: OverlayHost, url: str) -> None:
    """The step."""
    source = load("xapi")
    request = Request(
        releasever="44",
        repos=(vendor(url),),
        vendor=source.vendor,
        support=source.support,
        excludes=source.distribution_excludes,
    )
    host.run(["python3", "-c", STEP, json.dumps(encode(InstallPackages(request=request)))])


if __name__ == "__main__":
    print_rows(measure())

"""The real source `xapi` on the lab's plain host, with that host's own dnf and rpm: the whole set, one time through."""

import json

from tests.lab.http import serve
from tests.lab.overlay_host import OverlayHost, overlay_host
from tests.lab.repositories import DISTRIBUTION, KEY_NAME, VENDOR_REPOSITORY, repositories
from zeus_installer.packages.port import Repository
from zeus_installer.packages.repofiles import repo_file
from zeus_installer.sources.loader import load

# What the command does for this step, without the rest of a plan.
DRIVER = """
import json, sys
from zeus_installer.answers.model import Answers, Packages, Repo
from zeus_installer.checks.packages import check_repositories
from zeus_installer.machine.probe import probe
from zeus_installer.packages.installed import name_of
from zeus_installer.packages.record import Record
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target

target, source = Target(), load("xapi")
repo = Repo(id="xapi", baseurl=sys.argv[1], gpgkey=sys.argv[2])
answers = Answers(packages=Packages(repos=(repo,), groups=("pv-guests",)))
machine = probe(target.root)
step = InstallPackages(request=select(answers, source, machine.os))
finding = check_repositories(answers, source, machine)
before = step.is_done(target)
step.apply(target, Reporter(lambda event: None, run="test"))
step.verify(target)
members = sorted(map(name_of, Record(target.root).members))
print(json.dumps([finding.verdict, finding.seen.split("; ")[-1], before, step.is_done(target), members]))
"""


def test_the_whole_set_stands_on_a_plain_host() -> None:
    with serve(repositories()) as url, overlay_host() as host:
        add_distribution(host, url)
        host.install_product()
        verdict, skipped, before, after, members = json.loads(
            host.run(["python3", "-c", DRIVER, f"{url}/{VENDOR_REPOSITORY}", f"{url}/{KEY_NAME}"])
        )
        assert (verdict, skipped) == ("pass", "no repository has linux-guest-loader: skipped")
        assert (before, after) == (False, True)
        assert set(members) == {*load("xapi").required, "kernel-core"}
        assert "Nothing to do." in host.run(["dnf", "--assumeyes", "--releasever=44", "upgrade"])


def add_distribution(host: OverlayHost, url: str) -> None:
    repo = Repository(id="fedora", baseurl=f"{url}/{DISTRIBUTION}", priority=99, keys=(f"{url}/{KEY_NAME}",))
    (host.upper / "etc/yum.repos.d").mkdir(parents=True)
    (host.upper / "etc/yum.repos.d/fedora.repo").write_text(repo_file(repo, name="Fedora"))

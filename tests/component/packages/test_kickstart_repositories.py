"""The .repo files that the kickstarts write for Anaconda: whose Xen is installed, and whether anybody checks it."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.component.packages.conftest import PROJECT
from tests.lab.scratch import Host, Packages, our_python
from zeus_installer.kickstart.repositories import DIRECTORIES, give_repositories
from zeus_installer.packages.port import Repository, Request
from zeus_installer.system.target import Target

Install = Callable[..., dict[str, Any]]

VENDORS = {"xen-libs": ["4.19", "zeus-xapi"]}


@pytest.fixture
def binding(python: Sequence[str]) -> str:
    """What Anaconda installs with: dnf4 in Enterprise Linux 10, libdnf5 since Fedora 43."""
    return "dnf4" if python == our_python() else "libdnf5"


@pytest.fixture(params=["/etc/anaconda.repos.d", "/usr/share/dnf5/repos.d"])
def installer(tmp_path: Path, packages: Packages, distribution: Path, request: pytest.FixtureRequest) -> Target:
    """The root of an installer, with the distribution's .repo file where Fedora 44 and Fedora 45 have it."""
    target = Target(root=tmp_path / "installer")
    key = packages.distribution_key.public_key.as_uri()
    text = f"[fedora]\nname=Fedora\nbaseurl=file://{distribution}\nenabled=1\ngpgcheck=1\ngpgkey={key}\n"
    target.write_atomic(f"{request.param}/fedora.repo", text)
    return target


@pytest.fixture
def install(host: Host, installer: Target, python: Sequence[str], binding: str) -> Install:
    def run(*names: str, **options: object) -> dict[str, Any]:
        directories = [str(installer.path(directory)) for directory in DIRECTORIES]
        job = {"root": str(host.root), "directories": directories, "packages": names, "named": ["zeus-xapi"], **options}
        program = PROJECT / "tests/component/packages/as_anaconda.py"
        command = [*python, str(program), binding, json.dumps(job)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    return run


def asked(vendor: Path, key: Path, *excludes: str) -> Request:
    repo = Repository(id="zeus-xapi", baseurl=f"file://{vendor}", keys=(key.as_uri(),))
    return Request(repos=(repo,), vendor=(), excludes=excludes)


def give(installer: Target, request: Request) -> list[str]:
    return list(give_repositories(request, installer))


def test_the_vendors_older_xen_wins(installer: Target, vendor: Path, key: Path, install: Install) -> None:
    distributions = next(installer.root.rglob("fedora.repo")).relative_to(installer.root)
    assert give(installer, asked(vendor, key, "xen", "xen-*")) == [
        f"/{distributions}: xen xen-* left out",
        f"/etc/yum.repos.d/zeus-xapi.repo: file://{vendor}, priority 10, signed",
    ]
    assert install("xen-hypervisor") == {"installed": {"xen-hypervisor": ["4.19", "zeus-xapi"], **VENDORS}}


def test_what_the_distribution_makes_of_xen_is_out_of_reach(
    installer: Target, vendor: Path, key: Path, install: Install
) -> None:
    give(installer, asked(vendor, key, "xen", "xen-*"))
    assert "xen-runtime" in install("xen-runtime")["error"]


def test_priority_is_enough_for_a_source_that_has_no_repo_file(
    installer: Target, vendor: Path, key: Path, distribution: Path, install: Install
) -> None:
    """A `url` command: Anaconda's own repository `anaconda`, which nobody can give excludes."""
    give(installer, asked(vendor, key, "xen", "xen-*"))
    assert install("xen-libs", source=f"file://{distribution}") == {"installed": VENDORS}


def test_the_address_alone_is_not(vendor: Path, install: Install) -> None:
    """`repo --name=zeus-xapi --baseurl=…`: the newer Xen wins, which is the distribution's."""
    assert install("xen-libs", named=[], given={"zeus-xapi": f"file://{vendor}"}) == {
        "installed": {"xen-libs": ["4.21", "fedora"]}
    }


def test_an_address_beside_a_repo_file_depends_on_the_release(
    installer: Target, vendor: Path, key: Path, install: Install, binding: str
) -> None:
    """Anaconda makes another repository of it with dnf4, and changes this one with libdnf5."""
    give(installer, asked(vendor, key))
    result = install("xen-libs", named=[], given={"zeus-xapi": f"file://{vendor}"})
    assert result == {"installed": VENDORS if binding == "libdnf5" else {"xen-libs": ["4.21", "fedora"]}}


def test_an_address_beside_a_repo_file_and_a_url_command(
    installer: Target, vendor: Path, key: Path, distribution: Path, install: Install
) -> None:
    """... and leaves it switched off, as all repositories of the installer's are then."""
    give(installer, asked(vendor, key))
    given = {"zeus-xapi": f"file://{vendor}"}
    result = install("xen-libs", named=[], given=given, source=f"file://{distribution}")
    assert result == {"installed": {"xen-libs": ["4.21", "anaconda"]}}


def test_who_checks_signatures(installer: Target, vendor: Path, key: Path, install: Install, binding: str) -> None:
    give(installer, asked(vendor, key))
    result = install("unsigned")
    if binding == "libdnf5":
        assert result["error"].startswith("Signature verification failed.\n")
        assert result["error"].endswith('from repo "zeus-xapi" has failed: The package is not signed.')
    else:
        assert result == {"installed": {"unsigned": ["1", "zeus-xapi"]}}


def test_a_key_that_is_not_the_vendors(
    installer: Target, vendor: Path, packages: Packages, install: Install, binding: str
) -> None:
    give(installer, asked(vendor, packages.distribution_key.public_key))
    result = install("xen-libs")
    if binding == "libdnf5":
        assert result["error"].endswith("has failed: Import of the key didn't help, wrong key?")
    else:
        assert result == {"installed": VENDORS}


def test_nobody_checks_a_repository_that_is_given_by_its_address(vendor: Path, install: Install) -> None:
    given = {"zeus-xapi": f"file://{vendor}"}
    assert install("unsigned", named=[], given=given) == {"installed": {"unsigned": ["1", "zeus-xapi"]}}

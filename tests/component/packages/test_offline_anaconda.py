"""An offline set in Anaconda: its packages, all from there, signatures checked, and nobody else is asked."""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.component.packages.conftest import PROJECT
from tests.lab.rpms import Rpm, build, repository
from tests.lab.scratch import Host, Packages, our_python
from zeus_installer.kickstart.empty_repository import EMPTY
from zeus_installer.kickstart.repositories import DIRECTORIES, for_anaconda, give_repositories, repo_commands
from zeus_installer.packages import client
from zeus_installer.packages.port import Repository, Request
from zeus_installer.system.events import silent
from zeus_installer.system.target import Target

Install = Callable[..., dict[str, Any]]

WHOLE = {
    "blktap": ["4", "zeus-xapi"],
    "jemalloc": ["5.3", "zeus-offline-fedora"],
    "sm": ["4.1", "zeus-xapi"],
    "xapi-core": ["26.1", "zeus-xapi"],
    "xen-libs": ["4.19", "zeus-xapi"],
}


@pytest.fixture
def request_for_set(tmp_path: Path, packages: Packages) -> Request:
    """A vendor's repository that lists more than is wanted, and the distribution's."""
    vendors = ("xen-libs-4.19", "blktap", "sm", "xapi-core", "unsigned", "huge")
    places = {
        "xapi": packages.repository(tmp_path / "origin/xapi", vendors),
        "fedora": packages.repository(tmp_path / "origin/fedora", ("xen-libs-4.21", "jemalloc", "lvm2-2.03")),
    }
    keys = {"xapi": packages.vendor_key, "fedora": packages.distribution_key}
    xapi, fedora = (
        Repository(id=name, baseurl=places[place].as_uri(), keys=(keys[place].public_key.as_uri(),))
        for name, place in (("zeus-xapi", "xapi"), ("fedora", "fedora"))
    )
    return Request(
        releasever="44",
        repos=(xapi,),
        others=(replace(fedora, priority=99),),
        vendor=("xapi-core",),
        support=("lvm2",),
        excludes=("xen", "xen-*"),
    )


@pytest.fixture
def installer(tmp_path: Path) -> Target:
    """The root of an installer; the distribution's mirror is out of reach."""
    target = Target(root=tmp_path / "installer")
    text = "[fedora]\nname=Fedora\nbaseurl=http://127.0.0.1:9/\nenabled=1\ngpgcheck=1\n"
    target.write_atomic("/etc/anaconda.repos.d/fedora.repo", text)
    return target


@pytest.fixture
def directory(tmp_path: Path, request_for_set: Request, python: Sequence[str]) -> Path:
    return collected(tmp_path, request_for_set, python)


def collected(tmp_path: Path, request: Request, python: Sequence[str]) -> Path:
    for name in ("empty", "set"):
        (tmp_path / name).mkdir()
    request = replace(request, root=str(tmp_path / "empty"), collect=str(tmp_path / "set"))
    client.collect(request, silent(), python=python)
    return tmp_path / "set"


def given(request: Request, directory: Path, installer: Target) -> Request:
    taken = for_anaconda(replace(request, others=None, offline=str(directory)))
    list(give_repositories(taken, installer))
    return taken


@pytest.fixture
def install(tmp_path: Path, installer: Target, python: Sequence[str]) -> Install:
    """Install as the kickstart's `url` and `repo` commands say."""
    host = Host.make(tmp_path / "root", python)

    def run(*names: str, named: Sequence[str] = ("zeus-xapi", "zeus-offline-fedora")) -> dict[str, Any]:
        job = {
            "root": str(host.root),
            "directories": [str(installer.path(directory)) for directory in DIRECTORIES],
            "packages": names,
            "named": named,
            "source": installer.path(EMPTY).as_uri(),
        }
        binding = "dnf4" if python == our_python() else "libdnf5"
        program = PROJECT / "tests/component/packages/as_anaconda.py"
        done = subprocess.run(
            [*python, str(program), binding, json.dumps(job)], check=True, capture_output=True, text=True
        )
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    return run


def test_the_kickstart_names_the_sets_repositories_and_an_empty_one_as_the_base(
    request_for_set: Request, directory: Path, installer: Target
) -> None:
    taken = given(request_for_set, directory, installer)
    assert repo_commands(taken) == (
        "url --url=file:///run/zeus/kickstart/empty\nrepo --name=zeus-xapi\nrepo --name=zeus-offline-fedora\n"
    )
    assert installer.read("/etc/anaconda.repos.d/fedora.repo") == (
        "[fedora]\nenabled=0\nname=Fedora\nbaseurl=http://127.0.0.1:9/\ngpgcheck=1\n"
    )
    assert "gpgcheck=1\n" in (installer.read("/etc/yum.repos.d/zeus-offline-fedora.repo") or "")


def test_all_comes_from_the_set(request_for_set: Request, directory: Path, installer: Target, install: Install) -> None:
    given(request_for_set, directory, installer)
    assert install("xapi-core") == {"installed": WHOLE}


@pytest.mark.parametrize("name", ["huge", "xen-runtime"])
def test_what_is_listed_and_not_in_the_set_is_no_choice(
    request_for_set: Request, directory: Path, installer: Target, install: Install, name: str
) -> None:
    given(request_for_set, directory, installer)
    assert name in install(name)["error"]


def test_a_newer_build_that_is_listed_is_passed_over(
    tmp_path: Path,
    request_for_set: Request,
    packages: Packages,
    installer: Target,
    install: Install,
    python: Sequence[str],
) -> None:
    origin = tmp_path / "origin"
    build([Rpm(name="lvm2", version="3")], origin / "fedora", sign_with=packages.distribution_key)
    repository(origin / "fedora")
    build([Rpm(name="old", version="1", requires=["lvm2 < 3"])], origin / "xapi", sign_with=packages.vendor_key)
    repository(origin / "xapi")
    request = replace(request_for_set, vendor=("xapi-core", "old"), support=())
    given(request, collected(tmp_path, request, python), installer)
    assert install("lvm2") == {"installed": {"lvm2": ["2.03", "zeus-offline-fedora"]}}


def test_a_repository_of_which_nothing_is_in_the_set_has_nothing(
    tmp_path: Path, request_for_set: Request, installer: Target, install: Install, python: Sequence[str]
) -> None:
    other = replace(request_for_set.repos[0], id="zeus-more", priority=50)
    request = replace(request_for_set, repos=(*request_for_set.repos, other))
    given(request, collected(tmp_path, request, python), installer)
    named = ("zeus-xapi", "zeus-more", "zeus-offline-fedora")
    assert "huge" in install("huge", named=named)["error"]
    assert install("xapi-core", named=named) == {"installed": WHOLE}


def test_a_package_that_somebody_else_signed(
    request_for_set: Request,
    directory: Path,
    packages: Packages,
    installer: Target,
    install: Install,
    python: Sequence[str],
) -> None:
    """Whoever can write to the medium can write its keys too, but not the answers': those name the address."""
    given(request_for_set, directory, installer)
    (directory / "keys/xapi-0.asc").write_bytes(packages.distribution_key.public_key.read_bytes())
    result = install("xen-libs")
    if python == our_python():
        # Anaconda with dnf 4 checks nothing: answers that want it are refused (kickstart.signatures).
        assert result == {"installed": {"xen-libs": ["4.19", "zeus-xapi"]}}
    else:
        assert result["error"].endswith("has failed: Import of the key didn't help, wrong key?")

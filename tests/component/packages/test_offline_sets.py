"""Offline sets: collected from signed repositories, and installed from when these are gone."""

import json
import os
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.lab.rpms import Rpm, build, repository
from tests.lab.scratch import Host, Packages
from zeus_installer.packages import client
from zeus_installer.packages.offline import OfflineSet, read_set
from zeus_installer.packages.port import Repository, Request
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import silent

XAPI = "xapi/xapi-core-26.1-1.lab.noarch.rpm"
FROM = {
    "blktap-4-1.lab.noarch": "xapi",
    "jemalloc-5.3-1.lab.noarch": "fedora",
    "lvm2-2.04-1.lab.noarch": "fedora",
    "sm-4.1-1.lab.noarch": "xapi",
    "xapi-core-26.1-1.lab.noarch": "xapi",
    "xen-libs-4.19-1.lab.noarch": "xapi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The vendor's and the distribution's repositories, which go away, and what is asked for from them."""

    vendor: Path
    distribution: Path
    request: Request

    def go_away(self) -> None:
        for place in (self.vendor, self.distribution):
            shutil.rmtree(place)


@pytest.fixture
def origin(tmp_path: Path, packages: Packages, vendor: Path, distribution: Path) -> Origin:
    return origin_at(tmp_path / "origin", packages, vendor, distribution)


def origin_at(where: Path, packages: Packages, vendor: Path, distribution: Path) -> Origin:
    places = [
        Path(shutil.copytree(place, where / name)) for place, name in ((vendor, "xapi"), (distribution, "fedora"))
    ]
    keys = [key.public_key.as_uri() for key in (packages.vendor_key, packages.distribution_key)]
    request = Request(
        releasever="44",
        repos=(Repository(id="zeus-xapi", baseurl=places[0].as_uri(), keys=(keys[0],)),),
        others=(Repository(id="fedora", baseurl=places[1].as_uri(), priority=99, keys=(keys[1],)),),
        vendor=("xapi-core",),
        support=("lvm2",),
        optional=("nobody-has-this",),
        excludes=("xen", "xen-*"),
        timeout=1,
        retries=1,
    )
    return Origin(vendor=places[0], distribution=places[1], request=request)


def collect(request: Request, out: Path, python: Sequence[str]) -> OfflineSet:
    out.mkdir(parents=True)
    root = out.with_name(f"{out.name}-root")
    root.mkdir()
    found = client.collect(replace(request, root=str(root), collect=str(out)), silent(), python=python)
    assert found is not None
    return found


@pytest.fixture
def offline(tmp_path: Path, origin: Origin, python: Sequence[str]) -> Path:
    """A set, whose origin is gone."""
    collect(origin.request, tmp_path / "set", python)
    origin.go_away()
    return tmp_path / "set"


@pytest.fixture
def bare(tmp_path: Path, python: Sequence[str]) -> Host:
    """A host whose own repository cannot be reached."""
    host = Host.make(tmp_path / "bare", python)
    host.add_distribution("http://127.0.0.1:9/", None)
    return host


def wanted(origin: Origin, host: Host, offline: Path, **changes: object) -> Request:
    settings: dict[str, Any] = {"root": str(host.root), "others": None, "offline": str(offline), **changes}
    return replace(origin.request, **settings)


def test_a_set_is_what_the_repositories_have(
    tmp_path: Path, origin: Origin, packages: Packages, python: Sequence[str]
) -> None:
    (origin.vendor / "repodata/repomd.xml.asc").write_text("a signature of the metadata")
    out = tmp_path / "set"
    found = collect(origin.request, out, python)
    assert (found.version, found.arch, found.releasever) == (1, platform.machine(), "44")
    assert {package.nevra: package.path.split("/")[0] for package in found.packages} == FROM
    for package in found.packages:
        content = (out / package.path).read_bytes()
        assert (package.size, package.sha256) == (len(content), sha256(content).hexdigest())
        assert content == (out.parent / "origin" / package.path).read_bytes()
    assert {repo.id: (repo.vendor, repo.priority) for repo in found.repositories} == {
        "xapi": (True, 10),
        "fedora": (False, 99),
    }
    for repo in found.repositories:
        there = out.parent / "origin" / repo.id / "repodata"
        assert {path.name: path.read_bytes() for path in (out / repo.id / "repodata").iterdir()} == {
            path.name: path.read_bytes() for path in there.iterdir()
        }
    keys = {url: (out / name).read_bytes() for repo in found.repositories for url, name in repo.keys.items()}
    assert keys == {
        key.public_key.as_uri(): key.public_key.read_bytes() for key in (packages.vendor_key, packages.distribution_key)
    }
    assert read_set(out) == found


def test_an_installation_from_a_set_asks_nobody_else(origin: Origin, offline: Path, bare: Host) -> None:
    resolution = bare.install(wanted(origin, bare, offline))
    assert {item.nevra: item.repo.removeprefix("zeus-").removeprefix("offline-") for item in resolution.items} == FROM
    assert "xapi-core-26.1" in bare.installed()
    assert "xen-libs-4.19" in bare.installed()
    # What is on the medium stays there.
    assert len(list(offline.rglob("*.rpm"))) == len(FROM)


@pytest.mark.parametrize("python", ["dnf4"], indirect=True)
def test_the_plan_says_where_the_packages_come_from(origin: Origin, bare: Host) -> None:
    step = InstallPackages(request=wanted(origin, bare, Path("/run/install/repo/zeus/packages")))
    assert "take every package from the offline set /run/install/repo/zeus/packages" in step.describe().changes
    # The host keeps the repository's own address, for its updates.
    [file] = step.describe().files
    assert f"baseurl={origin.vendor.as_uri()}" in file.content.splitlines()
    assert "includepkgs" not in file.content


def test_what_the_metadata_lists_and_the_set_lacks_is_out_of_reach(
    tmp_path: Path, origin: Origin, bare: Host, python: Sequence[str]
) -> None:
    """Signed metadata stays as it is, so it lists more than the set has."""
    collect(origin.request, tmp_path / "set", python)
    origin.go_away()
    with pytest.raises(ZeusError, match="xen-hypervisor") as caught:
        bare.resolve(wanted(origin, bare, tmp_path / "set", vendor=("xen-hypervisor",)))
    assert caught.value.code in {"packages.missing", "packages.offline"}
    # An optional package is one that no repository has.
    resolution = bare.resolve(wanted(origin, bare, tmp_path / "set", optional=("xen-hypervisor",)))
    assert resolution.skipped == ("xen-hypervisor",)


def test_another_choice_of_the_solver_is_not_in_the_way(
    tmp_path: Path, origin: Origin, packages: Packages, bare: Host, python: Sequence[str]
) -> None:
    """On the installed system a newer build than the set's is listed, in the same metadata."""
    build([Rpm(name="lvm2", version="2.05")], origin.distribution, sign_with=packages.distribution_key)
    repository(origin.distribution)
    request = replace(origin.request, support=("jemalloc",), vendor=("xapi-core", "needs-old"))
    build([Rpm(name="needs-old", version="1", requires=["lvm2 = 2.04"])], origin.vendor, sign_with=packages.vendor_key)
    repository(origin.vendor)
    found = collect(request, tmp_path / "set", python)
    assert "lvm2-2.04-1.lab.noarch" in {package.nevra for package in found.packages}
    origin.go_away()
    bare.install(wanted(origin, bare, tmp_path / "set"))
    assert "lvm2-2.04" in bare.installed()


@pytest.mark.parametrize("name", [XAPI, "fedora/lvm2-2.04-1.lab.noarch.rpm"])
def test_a_package_that_was_changed(origin: Origin, offline: Path, bare: Host, name: str) -> None:
    file = offline / name
    content = bytearray(file.read_bytes())
    content[-100] ^= 1
    file.write_bytes(content)
    for ask in (bare.resolve, bare.install):
        with pytest.raises(ZeusError) as caught:
            ask(wanted(origin, bare, offline))
        assert caught.value.code == "packages.offline"
        assert str(file) in caught.value.message
        assert "damaged" in caught.value.message
        assert caught.value.hint
    assert bare.installed() == []


def test_a_package_that_somebody_else_signed(origin: Origin, offline: Path, bare: Host, packages: Packages) -> None:
    """Whoever can write to the medium can write set.json: the signature still counts."""
    found = json.loads((offline / "set.json").read_text())
    other = build(
        [Rpm(name="xapi-core", version="26.1")], offline.parent / "other", sign_with=packages.distribution_key
    )
    shutil.copy(other[0], offline / XAPI)
    repository(offline / "xapi")
    for package in found["packages"]:
        if package["path"] == XAPI:
            package["size"] = other[0].stat().st_size
            package["sha256"] = sha256(other[0].read_bytes()).hexdigest()
    (offline / "set.json").write_text(json.dumps(found))
    with pytest.raises(ZeusError, match="signed with a key that the repository does not name") as caught:
        bare.install(wanted(origin, bare, offline))
    assert caught.value.code == "packages.signature"
    assert bare.installed() == []


def test_what_is_wrong_is_said_before_anything_is_installed(origin: Origin, offline: Path, bare: Host) -> None:
    (offline / XAPI).unlink()
    assert error(wanted(origin, bare, offline), bare).message == (
        f"packages.offline: {offline / XAPI}: no such file or directory (the medium is damaged)"
    )


def test_another_release(origin: Origin, offline: Path, bare: Host) -> None:
    arch = platform.machine()
    assert error(wanted(origin, bare, offline, releasever="45"), bare).message == (
        f"packages.offline: {offline} is for {arch}, release 44, and this system is {arch}, release 45"
    )


def test_another_architecture(origin: Origin, offline: Path, bare: Host) -> None:
    found = json.loads((offline / "set.json").read_text())
    (offline / "set.json").write_text(json.dumps({**found, "arch": "riscv64"}))
    assert error(wanted(origin, bare, offline), bare).message == (
        f"packages.offline: {offline} is for riscv64, release 44, and this system is {platform.machine()}, release 44"
    )


def test_a_repository_that_the_set_lacks(origin: Origin, offline: Path, bare: Host) -> None:
    other = Repository(id="zeus-drivers", baseurl="https://drivers.example.org/")
    request = wanted(origin, bare, offline, repos=(*origin.request.repos, other))
    assert error(request, bare).message == (
        f"packages.offline: {offline} has no repository drivers (the answers name it)"
    )


def test_a_key_that_the_set_lacks(origin: Origin, offline: Path, bare: Host) -> None:
    repo = replace(origin.request.repos[0], keys=("https://packages.example.org/key",))
    assert error(wanted(origin, bare, offline, repos=(repo,)), bare).message == (
        f"packages.offline: {offline} has not the key https://packages.example.org/key of xapi (the answers name it)"
    )


@pytest.mark.parametrize("content", [None, "", "{}", '{"version": 1}', "[]"])
def test_a_directory_that_is_no_set(origin: Origin, tmp_path: Path, bare: Host, content: str | None) -> None:
    place = tmp_path / "other"
    place.mkdir()
    if content is not None:
        (place / "set.json").write_text(content)
    found = error(wanted(origin, bare, place), bare)
    assert found.message.startswith(f"packages.offline: {place}")
    assert "zeus iso build --offline" in found.hint


def error(request: Request, host: Host) -> ZeusError:
    with pytest.raises(ZeusError) as caught:
        host.install(request)
    assert caught.value.code == "packages.offline"
    assert caught.value.hint
    assert host.installed() == []
    return caught.value


def test_no_set_is_made_of_packages_with_bad_signatures(
    tmp_path: Path, origin: Origin, packages: Packages, python: Sequence[str]
) -> None:
    repo = replace(origin.request.repos[0], keys=(packages.distribution_key.public_key.as_uri(),))
    with pytest.raises(ZeusError) as caught:
        collect(replace(origin.request, repos=(repo,)), tmp_path / "set", python)
    assert caught.value.code == "packages.signature"
    assert not (tmp_path / "set/set.json").exists()


def test_no_set_is_made_of_damaged_packages(tmp_path: Path, origin: Origin, python: Sequence[str]) -> None:
    file = origin.vendor / Path(XAPI).name
    file.write_bytes(file.read_bytes()[:-1000] + os.urandom(1000))
    with pytest.raises(ZeusError) as caught:
        collect(origin.request, tmp_path / "set", python)
    assert caught.value.code in {"packages.damaged", "packages.signature", "packages.unreachable"}
    assert not (tmp_path / "set/set.json").exists()

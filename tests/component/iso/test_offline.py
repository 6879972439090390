"""`zeus iso build --offline`: a medium that has the packages, signed as they were, and answers that take them."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.component.iso.conftest import Zeus, run_zeus
from tests.component.test_cli import machine
from tests.lab.http import serve
from tests.lab.rpms import Rpm, build, repository
from tests.lab.scratch import Host, Packages
from zeus_installer.answers.reader import read_answers
from zeus_installer.checks.model import Verdict
from zeus_installer.checks.packages import check_repositories
from zeus_installer.iso.given import own_kickstart
from zeus_installer.kickstart.flatten import flatten
from zeus_installer.machine.model import Os
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.system.target import Target

# A source with a few packages, as the test's repositories have them.
SOURCE = """\
title = "Tiny"
distribution_excludes = ["xen", "xen-*"]
support = ["lvm2"]

[systems]
xen = ["xen-hypervisor"]
xapi = ["xapi-core"]

[groups]
extra = ["extra", "nobody-has-this"]
more = ["more"]

[kernels]
fedora = { provider = "distribution", packages = ["kernel-core"] }
"""
COMPS = """\
<?xml version="1.0" encoding="UTF-8"?>
<comps>
  <group>
    <id>core</id><name>Core</name><default>false</default><uservisible>false</uservisible>
    <packagelist>
      <packagereq type="mandatory">setup</packagereq>
      <packagereq type="default">firewalld</packagereq>
      <packagereq type="optional">seldom</packagereq>
    </packagelist>
  </group>
</comps>
"""
# Of the distribution, beside those of every package test: what the kickstart names, and what Anaconda adds by itself.
SYSTEM = [Rpm(name=name, version="1") for name in ("setup", "firewalld", "seldom", "kernel-core", "grub2-pc", "unused")]
EXPECTED = {
    "fedora": {"firewalld", "grub2-pc", "jemalloc", "kernel-core", "lvm2", "setup"},
    "xapi": {"blktap", "sm", "xapi-core", "xen-hypervisor", "xen-libs"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Repositories, served by HTTP, and what `zeus iso build` is told of them."""

    directory: Path
    url: str
    log: list[str]

    def answers(self, **packages: object) -> str:
        """Answers for a host that takes its packages from here."""
        repo = {"id": "xapi", "baseurl": f"{self.url}/xapi/", "gpgkey": f"{self.url}/xapi.asc"}
        keys = {"source": str(self.directory / "tiny.toml"), "repos": [repo], **packages}
        lines = [f"{key} = {_toml(value)}" for key, value in keys.items()]
        return "\n".join(["version = 1", "[packages]", *lines, ""])

    @property
    def words(self) -> Sequence[str]:
        """The options for the distribution's repository."""
        return ("--offline", "--offline-repo", f"fedora={self.url}/fedora", "--offline-key", f"{self.url}/fedora.asc")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where downloads are kept for the next time: not in anybody's home."""
    with pytest.MonkeyPatch.context() as patch:
        directory = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(directory))
        yield directory


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    made = Packages.make(tmp_path_factory.mktemp("packages"))
    build(SYSTEM, made.directory / "rpms", sign_with=made.distribution_key)
    groups = [Rpm(name=name, version="1") for name in ("extra", "more")]
    build(groups, made.directory / "rpms", sign_with=made.vendor_key)
    return made


@pytest.fixture(scope="session")
def repositories(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("site")
    vendors = ("xen-libs-4.19", "xen-hypervisor", "blktap", "sm", "xapi-core", "extra", "more", "unsigned")
    packages.repository(directory / "xapi", vendors)
    names = [package.name for package in SYSTEM]
    packages.repository(directory / "fedora", ("xen-libs-4.21", "jemalloc", "lvm2", *names))
    (directory / "comps.xml").write_text(COMPS)
    repository(directory / "fedora", comps=directory / "comps.xml")
    (directory / "fedora/repodata/repomd.xml.asc").write_text("a signature of the metadata\n")
    for name, key in (("xapi", packages.vendor_key), ("fedora", packages.distribution_key)):
        shutil.copy(key.public_key, directory / f"{name}.asc")
    (directory / "tiny.toml").write_text(SOURCE)
    return directory


@pytest.fixture
def site(repositories: Path) -> Iterator[Site]:
    log: list[str] = []
    with serve(repositories, log=log) as url:
        yield Site(directory=repositories, url=url, log=log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A medium, and the directory of packages that it has, copied out; the site is gone."""

    iso: Path
    packages: Path
    answers: Path
    said: str
    site: Site


@pytest.fixture(scope="module")
def made(netinst_iso: Path, repositories: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    directory = tmp_path_factory.mktemp("made")
    with serve(repositories) as url:
        site = Site(directory=repositories, url=url, log=[])
        (directory / "answers.toml").write_text(site.answers(groups=["extra"]))
        words = ("-o", "zeus.iso", "--answers", "answers.toml", *site.words)
        done = run_zeus("iso", "build", netinst_iso, *words, cwd=directory)
    assert done.returncode == 0, done.stderr
    extract(directory / "zeus.iso", "/zeus", directory / "zeus")
    return Made(
        iso=directory / "zeus.iso",
        packages=directory / "zeus/packages",
        answers=directory / "zeus/answers.toml",
        said=done.stderr,
        site=site,
    )


def extract(iso: Path, inside: str, outside: Path) -> None:
    command = ["xorriso", "-indev", iso, "-osirrox", "on:auto_chmod_on", "-extract", inside, outside]
    subprocess.run(command, check=True, capture_output=True)


def names_by_repository(directory: Path) -> dict[str, set[str]]:
    """The packages on a medium by their files, which are in the places that their metadata names."""
    found: dict[str, set[str]] = {}
    for path in directory.rglob("*.rpm"):
        found.setdefault(path.relative_to(directory).parts[0], set()).add(path.name.rsplit("-", 2)[0])
    return found


def test_a_medium_has_what_is_installed_and_nothing_else(made: Made) -> None:
    assert names_by_repository(made.packages) == {**EXPECTED, "xapi": EXPECTED["xapi"] | {"extra"}}


def test_what_no_repository_has_is_said(made: Made) -> None:
    lines = made.said.splitlines()
    assert any(
        line.startswith("offline set: left out, since no repository has it: ") and "nobody-has-this" in line
        for line in lines
    )
    assert (
        "offline set: WITHOUT zeus-installer, and no host comes to be without it: name a repository that has it"
    ) in lines


def test_metadata_and_keys_are_those_of_the_repositories(made: Made) -> None:
    described = json.loads((made.packages / "set.json").read_text())
    for name in ("xapi", "fedora"):
        there = made.site.directory / name / "repodata"
        for path in (made.packages / name / "repodata").iterdir():
            assert path.read_bytes() == (there / path.name).read_bytes()
    assert (made.packages / "fedora/repodata/repomd.xml.asc").exists()
    for package in described["packages"]:
        content = (made.packages / package["path"]).read_bytes()
        assert (len(content), sha256(content).hexdigest()) == (package["size"], package["sha256"])
    listed = {package["path"] for package in described["packages"]}
    assert listed == {str(path.relative_to(made.packages)) for path in made.packages.rglob("*.rpm")}
    assert (described["arch"], described["releasever"]) == ("x86_64", "44")


def test_the_answers_take_the_packages_from_the_medium(made: Made) -> None:
    given = tomllib.loads(made.site.answers(groups=["extra"]))
    given["packages"]["offline"] = "/run/install/repo/zeus/packages"
    assert tomllib.loads(made.answers.read_text()) == given


def test_inspect_tells_how_many_packages(zeus: Zeus, made: Made) -> None:
    described = json.loads((made.packages / "set.json").read_text())
    size = sum(package["size"] for package in described["packages"])
    line = next(line for line in zeus("iso", "inspect", made.iso).stdout.splitlines() if line.startswith("packages:"))
    assert line == f"packages: 6 of xapi, 6 of fedora, {size >> 20} MiB, for release 44" or line == (
        f"packages: 6 of xapi and 6 of fedora, {size >> 20} MiB, for release 44"
    )
    found = json.loads(zeus("iso", "inspect", made.iso, "--json").stdout)
    assert found["packages"]["repositories"] == {"fedora": 6, "xapi": 6}
    assert found["packages"]["size"] == size
    assert not [path for path in found["files"] if path.startswith("/zeus/packages/")]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host with no network: its own repository is nowhere."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".rpmmacros").write_text("%_dbpath /usr/lib/sysimage/rpm\n")
    monkeypatch.setenv("HOME", str(home))
    host = Host.make(tmp_path / "root")
    host.add_distribution("http://127.0.0.1:9/", None)
    return host


def test_a_host_is_installed_from_it_when_the_site_is_gone(made: Made, host: Host, tmp_path: Path) -> None:
    # Where the medium is mounted here.
    text = made.answers.read_text().replace("/run/install/repo/zeus/packages", str(made.packages))
    (tmp_path / "answers.toml").write_text(text)
    answers = read_answers(tmp_path / "answers.toml")
    system = Os(id="fedora", version_id="44")
    here = replace(machine(), os=system)
    source = load(answers.packages.source)
    finding = check_repositories(answers, source, here, target=Target(host.root))
    assert finding.verdict is Verdict.PASS, finding
    assert "no repository has nobody-has-this: skipped" in finding.seen
    request = select(answers, source, system)
    host.install(replace(request, root=str(host.root)))
    assert {name.rsplit("-", 1)[0] for name in host.installed()} == {
        *EXPECTED["xapi"],
        *("jemalloc", "kernel-core", "extra", "lvm2"),
    }


@pytest.mark.parametrize("damage", ["no medium", "a package"])
def test_a_host_is_refused_with_the_reason(made: Made, host: Host, tmp_path: Path, damage: str) -> None:
    there = tmp_path / "there"
    if damage == "a package":
        shutil.copytree(made.packages, there)
        next(there.rglob("xapi-core-*.rpm")).write_bytes(b"")
    (tmp_path / "answers.toml").write_text(
        made.answers.read_text().replace("/run/install/repo/zeus/packages", str(there))
    )
    answers = read_answers(tmp_path / "answers.toml")
    here = replace(machine(), os=Os(id="fedora", version_id="44"))
    finding = check_repositories(answers, load(answers.packages.source), here, target=Target(host.root))
    assert finding.verdict is Verdict.FAIL
    if damage == "a package":
        assert re.fullmatch(rf"packages\.offline: {there}/xapi/xapi-core-\S+ is damaged: its .*", finding.seen)
        assert finding.remedy == "make the medium again with zeus iso build --offline"
    else:
        assert finding.seen == (
            f"packages.offline: {there} is no offline set: {there}/set.json: no such file or directory"
        )
        assert finding.remedy == (
            "mount the medium that has it there, or make the medium again with zeus iso build --offline"
        )
    assert host.installed() == []


def test_a_kickstart_of_ones_own_names_packages(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    kickstart = flatten(own_kickstart("zeus-media.ks")).replace("@core\n", "@core\nseldom\n-unused\n")
    (tmp_path / "mine.ks").write_text(kickstart)
    (tmp_path / "answers.toml").write_text(site.answers())
    words = ("-o", "zeus.iso", "--answers", "answers.toml", "--kickstart", "mine.ks", *site.words)
    done = zeus("iso", "build", netinst_iso, *words)
    assert done.returncode == 0, done.stderr
    extract(tmp_path / "zeus.iso", "/zeus/packages", tmp_path / "packages")
    assert names_by_repository(tmp_path / "packages")["fedora"] == EXPECTED["fedora"] | {"seldom"}
    (tmp_path / "mine.ks").write_text(kickstart.replace("seldom", "nobody-has-this"))
    done = zeus("iso", "build", netinst_iso, *words, "--force")
    assert (done.returncode, done.stdout) == (4, "")
    assert "error: nobody-has-this: not in fedora and zeus-xapi\nhint: " in done.stderr


def test_a_repository_that_has_changed_since(
    zeus: Zeus, netinst_iso: Path, packages: Packages, repositories: Path, tmp_path: Path
) -> None:
    """What is kept of an earlier build does not get into the way: packages and metadata belong together."""
    there = tmp_path / "site"
    shutil.copytree(repositories, there)
    with serve(there) as url:
        site = Site(directory=there, url=url, log=[])
        (tmp_path / "answers.toml").write_text(site.answers())
        words = ("-o", "zeus.iso", "--force", "--answers", "answers.toml", *site.words)
        for version in ("2.04", "2.05"):
            if version == "2.05":
                build([Rpm(name="lvm2", version=version)], there / "fedora", sign_with=packages.distribution_key)
                repository(there / "fedora", comps=there / "comps.xml")
            done = zeus("iso", "build", netinst_iso, *words)
            assert done.returncode == 0, done.stderr
            extract(tmp_path / "zeus.iso", "/zeus/packages", tmp_path / version)
            assert [path.name for path in (tmp_path / version).rglob("lvm2-*.rpm")] == [
                f"lvm2-{version}-1.lab.noarch.rpm"
            ]


def test_files_of_answers_for_machines_of_one_set(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    """Their groups differ: the medium has the packages of both."""
    (tmp_path / "hosts").mkdir()
    (tmp_path / "hosts/S3Z8NB0K.toml").write_text(site.answers(groups=["extra"]))
    (tmp_path / "hosts/S3Z8NB0L.toml").write_text(site.answers(groups=["more"]))
    done = zeus("iso", "build", netinst_iso, "-o", "zeus.iso", "--answers", "hosts", *site.words)
    assert done.returncode == 0, done.stderr
    extract(tmp_path / "zeus.iso", "/zeus", tmp_path / "zeus")
    assert names_by_repository(tmp_path / "zeus/packages")["xapi"] == EXPECTED["xapi"] | {"extra", "more"}
    for name in ("S3Z8NB0K.toml", "S3Z8NB0L.toml"):
        read = tomllib.loads((tmp_path / "zeus" / name).read_text())
        assert read["packages"]["offline"] == "/run/install/repo/zeus/packages"


def built(zeus: Zeus, iso: Path, answers: str, words: Sequence[str], tmp_path: Path) -> tuple[int, str]:
    """Try to build; what is refused leaves nothing behind."""
    (tmp_path / "answers.toml").write_text(answers)
    before = sorted(tmp_path.rglob("*"))
    done = zeus("iso", "build", iso, "-o", "zeus.iso", "--answers", "answers.toml", *words)
    assert done.stdout == ""
    assert sorted(tmp_path.rglob("*")) == before
    return done.returncode, done.stderr


def test_answers_with_different_repositories(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    (tmp_path / "hosts").mkdir()
    other: dict[str, Any] = {"id": "xapi", "baseurl": f"{site.url}/other/", "gpgkey": f"{site.url}/xapi.asc"}
    (tmp_path / "hosts/S3Z8NB0K.toml").write_text(site.answers())
    (tmp_path / "hosts/S3Z8NB0L.toml").write_text(site.answers(repos=[other]))
    done = zeus("iso", "build", netinst_iso, "-o", "zeus.iso", "--answers", "hosts", *site.words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "S3Z8NB0K.toml and S3Z8NB0L.toml" in done.stderr
    assert "hint: " in done.stderr
    assert not (tmp_path / "zeus.iso").exists()
    assert site.log == []


def test_without_answers(zeus: Zeus, netinst_iso: Path, site: Site) -> None:
    done = zeus("iso", "build", netinst_iso, "-o", "zeus.iso", *site.words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("zeus: error: --offline needs --answers")


@pytest.mark.parametrize("words", [["--offline-repo", "fedora=https://example.org/"], ["--releasever", "44"]])
def test_options_that_are_for_offline_only(zeus: Zeus, netinst_iso: Path, words: Sequence[str]) -> None:
    done = zeus("iso", "build", netinst_iso, "-o", "zeus.iso", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--offline" in done.stderr


def test_a_repository_that_cannot_be_reached(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    key = f"{site.url}/fedora.asc"
    words = ("--offline", "--offline-repo", f"fedora={site.url}/gone", "--offline-key", key)
    status, said = built(zeus, netinst_iso, site.answers(), words, tmp_path)
    assert status == 4
    assert f"{site.url}/gone/repodata/repomd.xml" in said
    assert "hint: " in said


def test_a_distribution_that_nobody_names(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    status, said = built(zeus, netinst_iso, site.answers(), ("--offline",), tmp_path)
    assert status != 0
    assert "--offline-repo" in said


def test_packages_of_the_distribution_without_a_key(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    words = ("--offline", "--offline-repo", f"fedora={site.url}/fedora")
    status, said = built(zeus, netinst_iso, site.answers(), words, tmp_path)
    assert status in {2, 3}
    assert "--offline-key" in said


def test_packages_that_somebody_else_signed(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    words = ("--offline", "--offline-repo", f"fedora={site.url}/fedora", "--offline-key", f"{site.url}/xapi.asc")
    status, said = built(zeus, netinst_iso, site.answers(), words, tmp_path)
    assert status == 4
    assert "packages fail:" in said
    assert "is signed with a key that the repository does not name" in said


def test_without_space_for_the_packages(zeus: Zeus, netinst_iso: Path, site: Site, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "small", small], check=True)
    try:
        (tmp_path / "answers.toml").write_text(site.answers())
        words = ("-o", "small/zeus.iso", "--answers", "answers.toml", *site.words)
        done = zeus("iso", "build", netinst_iso, *words)
        assert (done.returncode, done.stdout) == (4, "")
        assert "MiB of free space" in done.stderr
        assert not [line for line in site.log if line.endswith(".rpm")]
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=True)

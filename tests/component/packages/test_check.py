"""The check `packages.repository`: says what would come, or why not, and writes nothing but what it is to download."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import zeus_installer
from tests.lab.http import Missing
from tests.lab.scratch import DATABASE, Host, Packages, Served, our_python
from zeus_installer.answers.model import Answers, Repo
from zeus_installer.answers.model import Packages as PackageAnswers
from zeus_installer.checks.model import Finding, Verdict
from zeus_installer.checks.packages import check_and_download, check_repositories
from zeus_installer.machine import model
from zeus_installer.packages.openpgp import public_keys
from zeus_installer.sources.model import KernelProvider, Source
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.target import Target

SOURCE = Source(
    name="lab",
    systems={"xen": ("xen-libs",), "xapi": ("xapi-core",)},
    groups={"pv-guests": ("linux-guest-loader",)},
    kernels={"fedora": KernelProvider(provider="distribution", packages=("lvm2",))},
    distribution_excludes=("xen", "xen-*"),
)

XAPI = "xapi-core-26.1-1.lab.noarch.rpm"

MACHINE = model.Machine(
    cpu=model.Cpu(vendor=None, model=None, threads=None),
    iommu=model.Iommu(kind=None, state=None),
    firmware=model.Firmware(type=None),
    memory=model.Memory(bytes=None),
    xen=model.Xen(running=False),
    kernel=model.Kernel(release=None),
    os=model.Os(id="fedora", version_id="44"),
)


@pytest.fixture(scope="module")
def python() -> Sequence[str]:
    return our_python()


def check(
    host: Host,
    url: str,
    key: Path | None,
    *,
    how: Callable[..., Finding] = check_repositories,
    source: Source = SOURCE,
    **answers: object,
) -> Finding:
    repo = Repo(id="xapi", baseurl=url, gpgkey=key.as_uri() if key else None)
    packages = PackageAnswers(repos=(repo,), **answers)  # type: ignore[arg-type]
    return how(Answers(packages=packages), source, MACHINE, target=Target(host.root))


def test_a_set_that_can_be_had(host: Host, key: Path, served: Served) -> None:
    finding = check(host, served.url, key, groups=("pv-guests",))
    [signer] = public_keys(key.read_bytes())
    assert finding.verdict is Verdict.PASS
    assert finding.seen.split("; ") == [
        "6 packages to install, 0.9 MB to download",
        f"zeus-xapi is signed by {signer}",
        "no repository has linux-guest-loader: skipped",
    ]


def test_the_target_is_left_alone(host: Host, key: Path, served: Served) -> None:
    host.install(host.request(served.url, key, "blktap"))
    before = {path: path.lstat().st_mtime_ns for path in host.root.rglob("*") if not path.name.endswith("-shm")}
    assert check(host, served.url, key).verdict is Verdict.PASS
    after = {path: path.lstat().st_mtime_ns for path in host.root.rglob("*") if not path.name.endswith("-shm")}
    assert after == before


def test_a_set_that_was_downloaded(host: Host, key: Path, served: Served) -> None:
    finding = check(host, served.url, key, how=check_and_download)
    [signer] = public_keys(key.read_bytes())
    assert finding.verdict is Verdict.PASS
    assert finding.seen.split("; ") == [
        "6 packages to install, 0.9 MB, all downloaded and their signatures checked",
        f"zeus-xapi is signed by {signer}",
    ]
    assert f"GET {XAPI}" in served.log
    served.log.clear()
    assert check(host, served.url, key, how=check_and_download) == finding
    assert served.log == []
    assert host.installed() == []


@pytest.mark.parametrize("fault", ["unreachable", "wrong key", "missing package", "locked"])
def test_a_download_fails_in_the_same_words_as_an_installation(
    host: Host, key: Path, served: Served, packages: Packages, fault: str
) -> None:
    match fault:
        case "unreachable":
            served.faults.nothing = True
        case "wrong key":
            key = packages.distribution_key.public_key
        case "missing package":
            served.faults[XAPI] = Missing()
        case "locked":
            (host.root / "var/cache/dnf").mkdir(parents=True)
            (host.root / "var/cache/dnf/metadata_lock.pid").write_text(str(os.getpid()))
    with pytest.raises(ZeusError) as caught:
        host.install(host.request(served.url, key, "xapi-core", "xen-libs", support=("lvm2",)))
    finding = check(host, served.url, key, how=check_and_download)
    assert finding.verdict is (Verdict.UNKNOWN if fault == "locked" else Verdict.FAIL)
    assert (finding.seen, finding.remedy) == (caught.value.message, caught.value.hint)


def test_an_unreachable_repository(host: Host, key: Path) -> None:
    finding = check(host, "http://127.0.0.1:9", key)
    assert finding.verdict is Verdict.FAIL
    assert "zeus-xapi" in finding.seen
    assert finding.remedy.startswith("check the address and that this machine reaches it")


def test_a_package_that_is_missing(host: Host, key: Path, served: Served) -> None:
    finding = check(host, served.url, key, source=replace(SOURCE, systems={"xapi": ("xapi-xe", "xapi-core")}))
    assert (finding.verdict, finding.seen) == (Verdict.FAIL, "xapi-xe: not in zeus-xapi")


def test_an_unsigned_repository_needs_leave(host: Host, served: Served) -> None:
    finding = check(host, served.url, None)
    assert (finding.verdict, finding.seen) == (
        Verdict.FAIL,
        "packages.repos: no gpgkey for xapi: its packages would not be checked",
    )
    finding = check(host, served.url, None, allow_unsigned=True)
    assert (finding.verdict, finding.seen) == (
        Verdict.WARNING,
        "6 packages to install, 0.9 MB to download; NOT SIGNED: zeus-xapi",
    )
    finding = check(host, served.url, None, how=check_and_download, allow_unsigned=True)
    assert (finding.verdict, finding.seen.partition(";")[0]) == (
        Verdict.WARNING,
        "6 packages to install, 0.9 MB, all downloaded and their signatures checked except those from zeus-xapi",
    )


def test_a_system_without_a_kernel_for_dom0(host: Host, key: Path, served: Served) -> None:
    finding = check(host, served.url, key, source=replace(SOURCE, kernels={}))
    assert finding.verdict is Verdict.FAIL
    assert finding.seen == "package source lab names no dom0 kernel for fedora"


def test_answers_that_are_wrong_are_no_finding(host: Host, key: Path, served: Served) -> None:
    with pytest.raises(UsageError) as caught:
        check(host, served.url, key, groups=("pv-guest",))
    assert caught.value.message == (
        "packages.groups: package source lab has no group 'pv-guest' (did you mean 'pv-guests'?)"
    )


@pytest.fixture
def open_host(packages: Packages) -> Iterator[Host]:
    """A host whose directories everyone may read, with an rpm database, and a Python without root's powers.

    It has the product from a copy of its own: the tree may lie where root alone can look.
    """
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        shutil.copytree(Path(zeus_installer.__file__).parent, Path(place) / "lib/zeus_installer")
        drop = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
        host = Host.make(Path(place) / "root", (*drop, "env", f"PYTHONPATH={place}/lib", "/usr/bin/python3"))
        host.rpm("-i", "--nosignature", *map(str, packages.directory.glob("rpms/blktap-*.rpm")))
        yield host


def test_it_needs_no_root(open_host: Host, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    place = open_host.root.parent
    (place / ".rpmmacros").write_text(f"%_dbpath {DATABASE}\n")
    monkeypatch.setenv("HOME", str(place))
    (place / "scratch").mkdir()
    (place / "scratch").chmod(0o777)
    resolution = open_host.resolve(open_host.request(served.url, None, "sm", scratch=str(place / "scratch")))
    assert [item.name for item in resolution.items] == ["sm"]

"""Hosts and repositories for package tests. Debian's dnf 4 and a libdnf5 in a root of its own are held to the same."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.lab.cache import cache_root
from tests.lab.forky import forky
from tests.lab.http import serve
from tests.lab.scratch import DATABASE, Faults, Host, Packages, Served, our_python

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return Packages.make(tmp_path_factory.mktemp("packages"))


@pytest.fixture(scope="session")
def vendor(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("xen-libs-4.19", "xen-hypervisor", "blktap", "sm", "xapi-core", "needy", "pre-fails", "post-fails")
    return packages.repository(
        tmp_path_factory.mktemp("vendor") / "repo", (*names, "killer", "clash", "huge", "big-file", "unsigned")
    )


@pytest.fixture(scope="session")
def distribution(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("xen-libs-4.21", "xen-runtime", "jemalloc", "lvm2")
    return packages.repository(tmp_path_factory.mktemp("distribution") / "repo", names)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's rpm keeps its database in the home directory: say where a Fedora has it."""
    monkeypatch.setenv("ZEUS_LAB_CACHE", str(cache_root()))
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.rpmmacros").write_text(f"%_dbpath {DATABASE}\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module", params=["dnf4", "libdnf5"])
def python(request: pytest.FixtureRequest) -> Sequence[str]:
    """The Python that has the backend."""
    return our_python() if request.param == "dnf4" else forky("python3", PROJECT)


@pytest.fixture
def host(tmp_path: Path, packages: Packages, distribution: Path, python: Sequence[str]) -> Host:
    host = Host.make(tmp_path / "root", python)
    host.add_distribution(f"file://{distribution}", packages.distribution_key.public_key)
    return host


@pytest.fixture
def small_host(tmp_path: Path, python: Sequence[str]) -> Iterator[Host]:
    root = tmp_path / "small"
    root.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", root], check=True)
    yield Host.make(root, python)
    subprocess.run(["umount", root], check=True)


@pytest.fixture
def key(packages: Packages) -> Path:
    return packages.vendor_key.public_key


@pytest.fixture
def served(vendor: Path) -> Iterator[Served]:
    faults = Faults()
    log: list[str] = []
    with serve(vendor, faults=faults, log=log) as url:
        yield Served(vendor, url, faults, log)

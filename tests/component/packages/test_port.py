"""The package port: what each backend silently gets wrong is an error here, and what goes right is told as it goes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.lab.http import Cut, Hang, Missing, serve
from tests.lab.rpms import repository
from tests.lab.scratch import Host, Packages, Served
from zeus_installer.packages import client
from zeus_installer.packages.child import Order
from zeus_installer.packages.port import Action, Request
from zeus_installer.packages.record import Record
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Kind, Reporter, Result

PROJECT = Path(__file__).parents[3]


def test_the_set_comes_with_what_it_needs(host: Host, key: Path, served: Served) -> None:
    resolution = host.install(host.request(served.url, key, "xapi-core", "xen-hypervisor", support=("lvm2",)))
    want = ["blktap-4", "jemalloc-5.3", "lvm2-2.04", "sm-4.1", "xapi-core-26.1", "xen-hypervisor-4.19", "xen-libs-4.19"]
    assert host.installed() == want
    assert {item.name: item.repo for item in resolution.items} == {
        **dict.fromkeys(("blktap", "sm", "xapi-core", "xen-hypervisor", "xen-libs"), "zeus-xapi"),
        **dict.fromkeys(("jemalloc", "lvm2"), "fedora"),
    }
    assert resolution.members == (
        "lvm2-2.04-1.lab.noarch",
        "xapi-core-26.1-1.lab.noarch",
        "xen-hypervisor-4.19-1.lab.noarch",
    )
    ends = {event.path: (event.done, event.total) for event in host.events if event.kind is Kind.PROGRESS}
    assert ends["download"][0] == ends["download"][1]
    assert ends["transaction"] == (7, 7)
    assert [event.path for event in host.events if event.result is Result.OK] == [
        *("metadata", "resolve", "download", "signatures", "transaction")
    ]


def test_a_newer_xen_of_the_distribution_gives_way(host: Host, key: Path, served: Served, distribution: Path) -> None:
    host.rpm("-i", "--nosignature", str(distribution / "xen-libs-4.21-1.lab.noarch.rpm"))
    assert host.installed() == ["xen-libs-4.21"]
    resolution = host.install(host.request(served.url, key, "xen-libs", excludes=("xen", "xen-*")))
    assert resolution.leaving == ("xen-libs-4.21-1.lab.noarch",)
    assert host.installed() == ["xen-libs-4.19"]
    assert not list(host.root.glob("var/cache/**/*.rpm"))
    assert (host.root / "usr/lib64/libxen").read_text() == "vendor 4.19"


def test_what_the_distribution_installed_that_supports_us_is_left_alone(
    host: Host, key: Path, served: Served, distribution: Path
) -> None:
    host.rpm("-i", "--nosignature", str(distribution / "lvm2-2.03-1.lab.noarch.rpm"))
    resolution = host.install(host.request(served.url, key, "xen-libs", support=("lvm2",)))
    assert resolution.members == ("lvm2-2.03-1.lab.noarch", "xen-libs-4.19-1.lab.noarch")
    assert host.installed() == ["lvm2-2.03", "xen-libs-4.19"]


def test_an_optional_package_that_nobody_has_is_skipped(host: Host, key: Path, served: Served) -> None:
    resolution = host.resolve(host.request(served.url, key, "xen-libs", optional=("linux-guest-loader", "blktap")))
    assert resolution.skipped == ("linux-guest-loader",)
    assert [item.name for item in resolution.items] == ["blktap", "xen-libs"]


def test_the_distributions_build_does_not_stand_in_for_the_vendors(host: Host, key: Path, served: Served) -> None:
    error = error_of(host, host.request(served.url, key, "xen-libs", "jemalloc", "xapi-ocre"))
    assert (error.code, error.message) == ("packages.missing", "jemalloc and xapi-ocre: not in zeus-xapi")


def test_support_that_nobody_has(host: Host, key: Path, served: Served) -> None:
    error = error_of(host, host.request(served.url, key, support=("dhcp-client",)))
    assert (error.code, error.message) == ("packages.missing", "dhcp-client: not in fedora and zeus-xapi")


def test_a_dependency_that_nobody_has(host: Host, key: Path, served: Served) -> None:
    error = error_of(host, host.request(served.url, key, "needy"))
    assert error.code == "packages.dependency"
    assert "nothing provides nothing-has-this >= 9 needed by needy-1-1.lab.noarch" in error.message


def test_an_excluded_dependency(host: Host, key: Path, served: Served) -> None:
    error = error_of(host, host.request(served.url, key, "xapi-core", excludes=("jemalloc",)))
    assert error.code == "packages.dependency"
    assert "package jemalloc-5.3-1.lab.noarch " in error.message
    assert "is filtered out by exclude filtering" in error.message


def test_a_repository_that_is_not_there(host: Host, key: Path, served: Served) -> None:
    served.faults["repodata/repomd.xml"] = Missing()
    error = error_of(host, host.request(served.url, key, "xen-libs"))
    assert error.code == "packages.unreachable"
    assert "zeus-xapi" in error.message
    assert f"Status code: 404 for {served.url}/repodata/repomd.xml" in error.message


def test_a_server_that_is_not_there(host: Host, key: Path) -> None:
    error = error_of(host, host.request("http://127.0.0.1:9", key, "xen-libs"))
    assert error.code == "packages.unreachable"
    assert "127.0.0.1" in error.message


def test_a_package_that_the_server_does_not_have(host: Host, key: Path, served: Served) -> None:
    served.faults["xen-libs-4.19-1.lab.noarch.rpm"] = Missing()
    error = error_of(host, host.request(served.url, key, "xen-libs"))
    assert error.code == "packages.unreachable"
    assert "xen-libs-4.19-1.lab.noarch.rpm" in error.message
    assert host.installed() == []


def test_a_server_that_dies_is_no_loss_of_what_came_before(host: Host, key: Path, served: Served) -> None:
    request = host.request(served.url, key, "xapi-core", parallel=1)
    served.faults.last = 3
    assert error_of(host, request).code == "packages.unreachable"
    assert host.installed() == []
    asked = [line for line in served.log if line.endswith(".rpm")]
    log: list[str] = []
    with serve(served.directory, log=log, port=urlsplit(served.url).port or 0):
        host.install(request)
    assert not set(asked[:2]) & set(log)
    assert "xapi-core-26.1" in host.installed()


def test_a_connection_that_breaks_is_tried_again(host: Host, key: Path, served: Served) -> None:
    served.faults["xapi-core-26.1-1.lab.noarch.rpm"] = Cut(after=1000)
    served.faults.once = True
    host.install(host.request(served.url, key, "xapi-core"))
    assert "xapi-core-26.1" in host.installed()
    assert any(line.endswith("; retrying") and "xapi-core" in line for line in host.logged())


def test_a_server_that_hangs_is_reported_and_given_up(host: Host, key: Path, served: Served) -> None:
    served.faults["blktap-4-1.lab.noarch.rpm"] = Hang(after=1000)
    error = error_of(host, host.request(served.url, key, "xapi-core", retries=1))
    assert error.code == "packages.unreachable"
    assert any(line.endswith("; retrying") and "blktap" in line for line in host.logged())
    # The others came while that one hung: downloads are parallel.
    assert {"GET sm-4.1-1.lab.noarch.rpm", "GET xapi-core-26.1-1.lab.noarch.rpm"} <= set(served.log)


@pytest.mark.parametrize("name", ["xen-libs", "unsigned"])
def test_a_package_must_be_signed_by_the_repositorys_own_key(
    host: Host, packages: Packages, served: Served, name: str
) -> None:
    error = error_of(host, host.request(served.url, packages.distribution_key.public_key, name))
    assert error.code == "packages.signature"
    assert error.message.startswith("repository zeus-xapi: 1 of 1 packages fail:\n  " + name)
    why = {"xen-libs": "is signed with a key that the repository does not name", "unsigned": "is not signed"}[name]
    assert error.message.endswith(why)
    assert host.installed() == []
    assert "gpg-pubkey" not in host.rpm("-qa")


def test_an_unsigned_repository_is_taken_when_it_is_said_to_be_one(host: Host, served: Served) -> None:
    host.install(host.request(served.url, None, "unsigned"))
    assert host.installed() == ["unsigned-1"]


def test_an_unsigned_repository_is_taken_by_an_rpm_that_wants_signatures(host: Host, served: Served) -> None:
    macros = Path(os.environ["HOME"]) / ".rpmmacros"
    macros.write_text(macros.read_text() + "%_pkgverify_level all\n")  # as in Fedora since rpm 6
    host.install(host.request(served.url, None, "unsigned"))
    assert host.installed() == ["unsigned-1"]


def test_the_targets_own_configuration_holds(host: Host, key: Path, served: Served) -> None:
    (host.root / "etc/dnf/vars").mkdir(parents=True)
    (host.root / "etc/dnf/vars/zeushost").write_text("127.0.0.1\n")
    (host.root / "etc/dnf/dnf.conf").write_text("[main]\nexcludepkgs=blktap\n")
    url = served.url.replace("127.0.0.1", "$zeushost")
    assert [item.name for item in host.resolve(host.request(url, key, "xen-libs")).items] == ["xen-libs"]
    error = error_of(host, host.request(url, key, "sm"))
    assert error.code == "packages.dependency"
    assert "blktap" in error.message


def test_a_distribution_that_signs_names_its_key(host: Host, key: Path, served: Served) -> None:
    repo_file = host.root / "etc/yum.repos.d/fedora.repo"
    repo_file.write_text(repo_file.read_text().replace("gpgkey=", "#gpgkey="))
    error = error_of(host, host.request(served.url, key, support=("lvm2",)))
    assert error.code == "packages.signature"
    assert "lvm2-2.04-1.lab.noarch is signed with a key" in error.message


def test_a_key_that_is_none(host: Host, tmp_path: Path, served: Served) -> None:
    (tmp_path / "key").write_text("<html>moved</html>")
    error = error_of(host, host.request(served.url, tmp_path / "key", "xen-libs"))
    assert (error.code, error.message) == ("packages.key", f"file://{tmp_path}/key is not an OpenPGP public key")


def test_a_package_that_is_not_what_the_metadata_says(host: Host, key: Path, vendor: Path, tmp_path: Path) -> None:
    broken = copy_with_broken_package(vendor, tmp_path / "broken")
    error = error_of(host, host.request(f"file://{broken}", key, "xen-libs"))
    assert error.code in ("packages.damaged", "packages.signature")
    assert "xen-libs-4.19-1.lab.noarch" in error.message
    with serve(broken) as url:
        error = error_of(host, host.request(url, key, "xen-libs"))
    assert error.code == "packages.damaged"


def test_a_package_changed_together_with_its_metadata(host: Host, key: Path, vendor: Path, tmp_path: Path) -> None:
    broken = copy_with_broken_package(vendor, tmp_path / "broken")
    repository(broken)
    error = error_of(host, host.request(f"file://{broken}", key, "xen-libs"))
    assert (error.code, error.message) == (
        "packages.signature",
        "repository zeus-xapi: 1 of 1 packages fail:\n  xen-libs-4.19-1.lab.noarch was changed after it was signed",
    )
    error = error_of(host, host.request(f"file://{broken}", None, "xen-libs"))
    assert error.code == "packages.damaged"
    assert host.installed() == []


@pytest.mark.parametrize(("name", "installed"), [("pre-fails", []), ("post-fails", ["post-fails-1"])])
def test_a_scriptlet_that_fails_is_an_error(
    host: Host, key: Path, served: Served, name: str, installed: list[str]
) -> None:
    error = error_of(host, host.request(served.url, key, name))
    assert error.code == "packages.scriptlet"
    assert name in error.message
    assert "cannot set up" in error.message
    assert host.installed() == installed


def test_files_that_two_packages_claim(host: Host, key: Path, served: Served) -> None:
    error = error_of(host, host.request(served.url, key, "clash"))
    assert error.code == "packages.conflict"
    assert "/usr/lib64/libxen" in error.message
    assert host.installed() == []


def test_a_disk_without_room_for_the_set(small_host: Host, key: Path, vendor: Path) -> None:
    error = error_of(small_host, small_host.request(f"file://{vendor}", key, "huge"))
    assert error.code == "packages.disk_full"
    assert "on the / filesystem" in error.message
    assert small_host.installed() == []


def test_a_disk_without_room_for_the_download(small_host: Host, key: Path, served: Served) -> None:
    error = error_of(small_host, small_host.request(served.url, key, "big-file"))
    assert error.code == "packages.disk_full"
    assert "Failed writing received data to disk" in error.message


def test_a_package_manager_that_is_killed_says_where_it_was(host: Host, key: Path, served: Served) -> None:
    error = error_of(host, host.request(served.url, key, "killer"))
    assert (error.code, error.message) == (
        "packages.crashed",
        "the package manager's process was killed by SIGKILL (transaction: killer-1-1.lab.noarch)",
    )
    assert Record(host.root).suspect == ("killer-1-1.lab.noarch", "xen-libs-4.19-1.lab.noarch")


def test_a_resolve_in_a_scratch_directory_leaves_the_root_alone(
    host: Host, key: Path, served: Served, tmp_path: Path
) -> None:
    host.install(host.request(served.url, key, "blktap"))
    before = tree(host.root)
    resolution = host.resolve(host.request(served.url, key, "xen-libs", scratch=str(tmp_path / "scratch")))
    assert [item.nevra for item in resolution.items] == ["xen-libs-4.19-1.lab.noarch"]
    assert tree(host.root) == before


def test_keys_come_from_where_the_repository_says(host: Host, packages: Packages, vendor: Path) -> None:
    with serve(packages.vendor_key.home) as url:
        request = host.request(f"file://{vendor}", f"{url}/RPM-GPG-KEY-lab", "xen-libs")
        outcome = client.install(request, Reporter(host.events.append, run="test"), python=host.python)
    assert outcome.keys == {f"{url}/RPM-GPG-KEY-lab": packages.vendor_key.public_key.read_bytes()}
    assert host.installed() == ["xen-libs-4.19"]


def test_a_key_that_cannot_be_had(host: Host, vendor: Path, served: Served) -> None:
    error = error_of(host, host.request(f"file://{vendor}", f"{served.url}/none", "xen-libs"))
    assert error.code == "packages.unreachable"
    assert error.message.startswith(f"{served.url}/none: ")
    error = error_of(host, host.request(f"file://{vendor}", "file:///none", "xen-libs"))
    assert (error.code, error.message) == ("packages.key", "file:///none: no such file")


def test_a_package_manager_that_aborts(host: Host, served: Served) -> None:
    aborting = replace(host, python=("sh", "-c", "echo terminate called >&2; kill -ABRT $$"))
    error = error_of(aborting, host.request(served.url, None, "xen-libs"))
    assert (error.code, error.message) == (
        "packages.crashed",
        "the package manager's process was killed by SIGABRT (starting)\n  terminate called",
    )


def test_a_python_without_a_package_manager(host: Host, served: Served) -> None:
    error = error_of(replace(host, python=(sys.executable, "-S")), host.request(served.url, None, "xen-libs"))
    assert (error.code, error.message) == (
        "packages.no_backend",
        "Python finds neither dnf's nor libdnf5's bindings",
    )


@pytest.mark.parametrize(("part", "installed"), [("download", []), ("transaction", ["xen-libs-4.19"])])
def test_who_gives_up_ends_a_download_but_never_rpm(
    host: Host, key: Path, served: Served, part: str, installed: list[str]
) -> None:
    def stop(event: Event) -> None:
        if event.path == part:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.install(host.request(served.url, key, "xen-libs"), Reporter(stop, run="test"), python=host.python)
    assert host.installed() == installed


def test_rpm_goes_on_when_nobody_listens_any_more(host: Host, key: Path, served: Served) -> None:
    order = Order(action=Action.INSTALL, request=host.request(served.url, key, "xapi-core"))
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    command = [*host.python, "-m", "zeus_installer.packages.child"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert child.stdin
    assert child.stdout
    child.stdout.close()
    with child.stdin as stream:
        json.dump(encode(order), stream)
    assert child.wait() == 0
    assert "xapi-core-26.1" in host.installed()


@pytest.mark.parametrize("python", ["dnf4"], indirect=True)
def test_another_dnf_at_work(host: Host, key: Path, served: Served) -> None:
    locks = host.root / "var/cache/dnf"
    locks.mkdir(parents=True)
    (locks / "metadata_lock.pid").write_text(str(os.getpid()))
    error = error_of(host, host.request(served.url, key, "xen-libs"))
    assert (error.code, error.message) == ("packages.locked", f"metadata already locked by {os.getpid()}")


@pytest.mark.parametrize("python", ["dnf4"], indirect=True)
@pytest.mark.parametrize("name", ["cache/dnf/metadata", "cache/dnf/download", "lib/dnf/rpmdb"])
def test_a_lock_that_a_power_cut_left_is_none(host: Host, key: Path, served: Served, name: str) -> None:
    lock = host.root / f"var/{name}_lock.pid"
    lock.parent.mkdir(parents=True)
    lock.write_text(str(os.getpid()))  # after a reboot the process id is someone else's
    os.utime(lock, (0, 0))
    host.install(host.request(served.url, key, "xen-libs"))
    assert host.installed() == ["xen-libs-4.19"]


@pytest.mark.parametrize("python", ["libdnf5"], indirect=True)
def test_an_option_that_libdnf5_does_not_have_is_no_option(python: Sequence[str]) -> None:
    program = """
import libdnf5.base
from zeus_installer.packages.libdnf5 import set_option
base = libdnf5.base.Base()
config = base.get_config()
set_option(config, "pkg_gpgcheck", True)
set_option(config, "pkg_gpgchek", True)
"""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([*python, "-c", program], capture_output=True, text=True, env=environment)
    assert done.stderr.splitlines()[-1] == "AttributeError: libdnf5 has no option pkg_gpgchek"


def error_of(host: Host, request: Request) -> ZeusError:
    """The error that an installation ends with."""
    with pytest.raises(ZeusError) as caught:
        host.install(request)
    assert caught.value.hint
    return caught.value


def copy_with_broken_package(repo: Path, where: Path) -> Path:
    shutil.copytree(repo, where)
    [package] = where.glob("xen-libs-*.rpm")
    data = bytearray(package.read_bytes())
    data[-1] ^= 1
    package.write_bytes(data)
    return where


def tree(root: Path) -> dict[str, int]:
    """Everything below `root` but SQLite's lock page, which every reader of the database touches."""
    return {str(path): path.lstat().st_mtime_ns for path in root.rglob("*") if not path.name.endswith("-shm")}

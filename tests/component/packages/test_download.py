"""Downloading ahead: the installation finds it all, trusts none of it, and is in nobody's way when it is given up."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab.http import Hang, Missing
from tests.lab.scratch import Host, Packages, Served
from zeus_installer.packages import client
from zeus_installer.packages.child import Order
from zeus_installer.packages.port import Action, Outcome, Request
from zeus_installer.packages.record import Record
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Kind, Reporter, Result

PROJECT = Path(__file__).parents[3]
XAPI = "xapi-core-26.1-1.lab.noarch.rpm"

# What asks for a download: the request on standard input, the child's Python as the arguments.
ASKER = """
import json, sys
from zeus_installer.packages import client
from zeus_installer.packages.port import Request
from zeus_installer.system.codec import decode
from zeus_installer.system.events import silent
client.download(decode(Request, json.load(sys.stdin)), silent(), python=sys.argv[1:])
"""


def download(host: Host, request: Request) -> Outcome:
    return client.download(request, Reporter(host.events.append, run="test"), python=host.python)


def files(host: Host, *left_out: str) -> dict[str, bytes]:
    """What lies below the root outside of the directories `left_out`."""
    found = {str(path.relative_to(host.root)): path for path in host.root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(left_out)}


def packages_asked_for(served: Served) -> set[str]:
    return {line.removeprefix("GET ") for line in served.log if line.endswith(".rpm")}


def test_an_installation_takes_what_was_downloaded(host: Host, key: Path, served: Served) -> None:
    request = host.request(served.url, key, "xapi-core", support=("lvm2",))
    outcome = download(host, request)
    assert len(packages_asked_for(served)) == 4
    served.log.clear()
    assert host.install(request) == outcome.resolution
    assert served.log == []
    assert host.installed() == ["blktap-4", "jemalloc-5.3", "lvm2-2.04", "sm-4.1", "xapi-core-26.1", "xen-libs-4.19"]
    assert not list(host.root.glob("var/cache/**/*.rpm"))


def test_a_download_changes_nothing_but_the_cache(host: Host, key: Path, served: Served) -> None:
    host.install(host.request(served.url, None, "blktap"))
    places = ("var/cache", "var/log", "var/lib/dnf", "usr/lib/sysimage/rpm")
    before = files(host, *places)
    outcome = download(host, host.request(served.url, key, "xapi-core"))
    assert files(host, *places) == before
    assert host.rpm("-qa").split() == ["blktap-4-1.lab.noarch"]
    assert Record(host.root).suspect == ("blktap-4-1.lab.noarch",)
    assert outcome.keys == {key.as_uri(): key.read_bytes()}
    assert outcome.unchecked == ()


def test_a_download_tells_how_far_it_is(host: Host, key: Path, served: Served) -> None:
    resolution = download(host, host.request(served.url, key, "xapi-core")).resolution
    ends = {event.path: (event.done, event.total) for event in host.events if event.kind is Kind.PROGRESS}
    assert ends["download"][0] == ends["download"][1]
    assert resolution.download >= 900_000
    done = [event.path for event in host.events if event.result is Result.OK]
    assert done == ["metadata", "resolve", "download", "signatures"]


def test_what_is_installed_already_is_not_downloaded(host: Host, key: Path, served: Served) -> None:
    host.install(host.request(served.url, key, "blktap"))
    served.log.clear()
    assert download(host, host.request(served.url, key, "blktap")).resolution.items == ()
    assert packages_asked_for(served) == set()


@pytest.mark.parametrize("name", ["xen-libs", "unsigned"])
def test_a_download_checks_who_signed(host: Host, packages: Packages, served: Served, name: str) -> None:
    error = error_of(host, host.request(served.url, packages.distribution_key.public_key, name))
    assert error.code == "packages.signature"
    assert error.message.startswith(f"repository zeus-xapi: 1 of 1 packages fail:\n  {name}")
    assert "gpg-pubkey" not in host.rpm("-qa")


def test_a_download_tells_whose_signatures_it_did_not_check(host: Host, served: Served) -> None:
    assert download(host, host.request(served.url, None, "xapi-core")).unchecked == ("zeus-xapi",)


def test_an_installation_trusts_no_cache(host: Host, packages: Packages, served: Served) -> None:
    request = host.request(served.url, None, "xen-libs")
    download(host, request)
    served.log.clear()
    other = packages.distribution_key.public_key.as_uri()
    with pytest.raises(ZeusError, match="signed with a key that the repository does not name"):
        host.install(replace(request, repos=(replace(request.repos[0], keys=(other,)),)))
    assert packages_asked_for(served) == set()
    assert host.installed() == []


@pytest.mark.parametrize(("kept", "fill"), [(5000, b""), (0, b"\0"), (400_000, b"\0")], ids=["short", "blank", "torn"])
def test_a_damaged_file_in_the_cache_is_fetched_again(
    host: Host, key: Path, served: Served, kept: int, fill: bytes
) -> None:
    """A power cut leaves files short, or of their full length and blank at the end."""
    request = host.request(served.url, key, "xapi-core")
    download(host, request)
    served.log.clear()
    [cached] = host.root.glob(f"var/cache/**/{XAPI}")
    content = cached.read_bytes()
    cached.write_bytes(content[:kept] + fill * (len(content) - kept))
    host.install(request)
    assert packages_asked_for(served) == {XAPI}
    assert "xapi-core-26.1" in host.installed()


def test_a_package_that_the_server_does_not_have(host: Host, key: Path, served: Served) -> None:
    served.faults[XAPI] = Missing()
    error = error_of(host, host.request(served.url, key, "xapi-core"))
    assert error.code == "packages.unreachable"
    assert XAPI in error.message


@pytest.mark.parametrize("python", ["dnf4"], indirect=True)
def test_another_dnf_that_downloads(host: Host, key: Path, served: Served) -> None:
    locks = host.root / "var/cache/dnf"
    locks.mkdir(parents=True)
    (locks / "download_lock.pid").write_text(str(os.getpid()))
    error = error_of(host, host.request(served.url, key, "xen-libs"))
    assert (error.code, error.message) == ("packages.locked", f"cachedir already locked by {os.getpid()}")


@pytest.mark.parametrize("stuck", ["package", "metadata"])
def test_an_installation_begins_when_the_download_is_killed(host: Host, key: Path, served: Served, stuck: str) -> None:
    request = stuck_request(host, key, served, stuck)
    order = json.dumps(encode(Order(action=Action.DOWNLOAD, request=request)))
    with started([*host.python, "-m", "zeus_installer.packages.child"], order) as child:
        wait_for_request(served, child)
        child.terminate()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is still listed
        served.faults.clear()
        host.install(request)
    assert "xapi-core-26.1" in host.installed()


def test_an_installation_begins_when_who_asked_for_the_download_is_killed(
    host: Host, key: Path, served: Served, tmp_path: Path
) -> None:
    request = stuck_request(host, key, served, "package")
    noting = ("sh", "-c", f'echo $$ >{tmp_path}/child; exec "$0" "$@"', *host.python)
    with started([sys.executable, "-c", ASKER, *noting], json.dumps(encode(request))) as asker:
        wait_for_request(served, asker)
        child = os.pidfd_open(int((tmp_path / "child").read_text()))
        asker.terminate()
        asker.wait()
        served.faults.clear()
        host.install(request)
    assert "xapi-core-26.1" in host.installed()
    ended, _, _ = select.select([child], [], [], 60)
    os.close(child)
    assert ended == [child]


def stuck_request(host: Host, key: Path, served: Served, stuck: str) -> Request:
    """A request whose download does not come to an end."""
    # As every machine has it: a package manager that is killed while it makes a new database leaves half of one.
    subprocess.run(["rpm", f"--root={host.root}", "--initdb"], check=True)
    [metadata] = (path.name for path in served.directory.glob("repodata/*-primary.xml*"))
    name = {"package": XAPI, "metadata": f"repodata/{metadata}"}[stuck]
    served.faults[name] = Hang(after=1000)
    return host.request(served.url, key, "xapi-core", timeout=600)


def wait_for_request(served: Served, asker: subprocess.Popen[str]) -> None:
    """Wait until the file that will not come was asked for."""
    [name] = served.faults
    while f"GET {name}" not in served.log:
        assert asker.poll() is None
        time.sleep(0.01)


@contextmanager
def started(command: list[str], words: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has been told `words`; nobody looks at its answers until it has ended."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd="/"
    )
    assert process.stdin
    assert process.stdout
    with closing(process.stdout):
        with process.stdin as stream:
            stream.write(words)
        yield process
    process.wait()


def error_of(host: Host, request: Request) -> ZeusError:
    """The error that a download ends with."""
    with pytest.raises(ZeusError) as caught:
        download(host, request)
    assert host.installed() == []
    return caught.value

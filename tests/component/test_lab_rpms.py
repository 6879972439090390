"""The lab's packages are real ones: rpm reads back what was described, and a signature that does not fit is seen."""

import subprocess
import urllib.error
import urllib.request
from http.client import IncompleteRead
from pathlib import Path

import pytest

from tests.lab.http import Cut, Die, Fault, Missing, serve
from tests.lab.rpms import Directory, File, Link, Rpm, SigningKey, build, repository


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.create(tmp_path_factory.mktemp("key"))


def query(package: Path, *arguments: str) -> list[str]:
    command = ["rpm", "--dbpath", str(package.parent / "db"), "-qp", "--nosignature", *arguments, str(package)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_a_package_holds_what_was_described(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"\0binary")
    package = Rpm(
        name="xapi-core",
        version="26.1",
        arch="x86_64",
        files={
            "/etc/xapi.conf": File(content="a = b\n", mode=0o640, config=True),
            "/usr/bin/xapi [1] 100%": File(source=source, mode=0o755),
            "/usr/bin/link": Link("xapi"),
            "/var/lib/xcp": Directory(mode=0o700),
        },
        requires=["sm >= 4"],
        provides=["xapi = 26.1"],
        scripts={"posttrans": "echo 100%"},
    )
    [path] = build([package], tmp_path / "out", sign_with=None)
    assert path.name == "xapi-core-26.1-1.lab.x86_64.rpm"
    assert query(path, "-l", "--qf", "[%{filemodes:perms} %{filenames}\n]")[:4] == [
        "-rw-r----- /etc/xapi.conf",
        "lrwxrwxrwx /usr/bin/link",
        "-rwxr-xr-x /usr/bin/xapi [1] 100%",
        "drwx------ /var/lib/xcp",
    ]
    assert "sm >= 4" in query(path, "--requires")
    assert "xapi = 26.1" in query(path, "--provides")
    assert "echo 100%" in query(path, "--scripts")
    assert query(path, "-c") == ["/etc/xapi.conf"]


def test_versions_and_shared_paths_are_built_side_by_side(tmp_path: Path) -> None:
    packages = [
        Rpm(name="sm", version="4", files={"/usr/lib/sm": File(content="four")}),
        Rpm(name="sm", version="5", files={"/usr/lib/sm": File(content="five")}),
        Rpm(name="sm-fork", version="1", files={"/usr/lib/sm": File(content="fork")}, conflicts=["sm"]),
    ]
    paths = build(packages, tmp_path, sign_with=None)
    assert [query(path, "--qf", "%{name} %{version}")[0] for path in paths] == ["sm 4", "sm 5", "sm-fork 1"]


def test_a_signed_package_passes_and_a_changed_one_does_not(tmp_path: Path, key: SigningKey) -> None:
    [path] = build([Rpm(name="sm", version="4")], tmp_path, sign_with=key)
    check = ["rpmkeys", "--dbpath", str(tmp_path / "db")]
    subprocess.run([*check, "--import", str(key.public_key)], check=True)
    assert "digests signatures OK" in subprocess.run([*check, "-K", str(path)], capture_output=True, text=True).stdout
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert subprocess.run([*check, "-K", str(path)], capture_output=True).returncode == 1


def test_a_repository_is_served_with_ranges_and_faults(tmp_path: Path) -> None:
    build([Rpm(name="sm", version="4")], tmp_path, sign_with=None)
    repository(tmp_path)
    faults: dict[str, Fault] = {}
    log: list[str] = []
    with serve(tmp_path, faults=faults, log=log) as url:
        metadata = f"{url}/repodata/repomd.xml"
        whole = fetch(metadata)
        assert b"<repomd" in whole
        assert fetch(metadata, range="bytes=2-5") == whole[2:6]
        assert fetch(metadata, range="bytes=-3") == whole[-3:]
        faults["repodata/repomd.xml"] = Missing()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(metadata)
        faults["repodata/repomd.xml"] = Cut(after=10)
        with pytest.raises(IncompleteRead):
            fetch(metadata)
        faults["repodata/repomd.xml"] = Die()
        for _ in range(2):
            with pytest.raises(OSError, match=r"closed connection|refused|reset"):
                fetch(metadata)
    assert set(log) == {"GET repodata/repomd.xml"}


def fetch(url: str, **headers: str) -> bytes:
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        body: bytes = response.read()
        return body

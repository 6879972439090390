"""Offline package sets on mounted media: found where people mount them, read only, whatever lies there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.machine_trees import Link, plant
from tests.unit.test_packages import KEY
from zeus_installer.packages.media import Medium, find_media

METADATA = "<repomd/>"


def found(root: Path) -> list[str]:
    return [str(medium.path) for medium in find_media(root)]


@pytest.mark.parametrize(
    "place",
    [
        *("run/install/repo", "run/install/repo/xapi", "run/media/op/ZEUS", "run/media/op/ZEUS/xapi", "media/cdrom"),
        *("media/op/ZEUS", "media/op/ZEUS/xapi", "mnt", "mnt/usb", "mnt/usb/xapi"),
    ],
)
def test_a_set_is_found_in_each_usual_place(tmp_path: Path, place: str) -> None:
    plant(tmp_path, {f"{place}/repodata/repomd.xml": METADATA})
    assert find_media(tmp_path) == (Medium(path=Path("/", place), name=place.rpartition("/")[2]),)


def test_the_set_of_a_medium_comes_with_the_keys_beside_it(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "run/media/op/ZEUS/xapi/repodata/repomd.xml": METADATA,
            "run/media/op/ZEUS/xapi/repodata/repomd.xml.asc": KEY,
            "run/media/op/ZEUS/xapi/xapi.asc": KEY,
            "run/media/op/ZEUS/xapi/signature.asc": "-----BEGIN PGP SIGNATURE-----\n",
            "run/media/op/ZEUS/RPM-GPG-KEY-zeus": KEY,
            "run/media/op/ZEUS/key.txt": KEY,
            "run/media/op/RPM-GPG-KEY-other": KEY,
        },
    )
    path = Path("/run/media/op/ZEUS")
    keys = (path / "xapi/xapi.asc", path / "RPM-GPG-KEY-zeus")
    assert find_media(tmp_path) == (Medium(path=path / "xapi", name="xapi", keys=keys),)


def test_a_set_that_two_places_lead_to_is_told_once(tmp_path: Path) -> None:
    plant(
        tmp_path, {"run/install/source/repodata/repomd.xml": METADATA, "run/install/repo": Link("/run/install/source")}
    )
    plant(tmp_path, {"media/disc": Link("../run/install/source")})
    assert found(tmp_path) == ["/run/install/repo"]


def test_a_machine_without_media(tmp_path: Path) -> None:
    plant(tmp_path, {"mnt/": "", "media/op/stick/photos/": "", "srv/repo/repodata/repomd.xml": METADATA})
    assert find_media(tmp_path) == ()
    assert find_media(tmp_path / "none") == ()


def test_what_cannot_be_read_hides_nothing_else(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "mnt/a": "a file",
            "mnt/loop": Link("loop"),
            "mnt/nowhere": Link("/none"),
            "mnt/odd/repodata/repomd.xml/": "",
            "mnt/fifo/repodata/": "",
            "mnt/good/repodata/repomd.xml": METADATA,
            "mnt/good/RPM-GPG-KEY-broken": b"\x99\x01",
            "mnt/good/RPM-GPG-KEY-gone": Link("nowhere"),
        },
    )
    os.mkfifo(tmp_path / "mnt/fifo/repodata/repomd.xml")
    os.mkfifo(tmp_path / "mnt/good/fifo.asc")
    (tmp_path / "mnt" / os.fsdecode(b"\xff\x1b/repodata")).mkdir(parents=True)
    (tmp_path / "mnt" / os.fsdecode(b"\xff\x1b/repodata/repomd.xml")).write_text(METADATA)
    good, strange = find_media(tmp_path)
    assert (str(good.path), good.keys) == ("/mnt/good", ())
    assert strange.name.isprintable()


def test_a_network_is_not_waited_for(tmp_path: Path) -> None:
    mounts = [
        ("mnt/share", "nfs4", "server:/share"),
        ("mnt/later", "autofs", "auto"),
        ("mnt/disc", "iso9660", "/dev/sr0"),
    ]
    lines = [f"40 1 0:40 / /{point} rw - {kind} {source} rw" for point, kind, source in mounts]
    plant(tmp_path, {"proc/self/mountinfo": "\n".join(lines)})
    plant(tmp_path, {f"{point}/repodata/repomd.xml": METADATA for point, _, _ in mounts})
    assert found(tmp_path) == ["/mnt/disc"]


def test_a_full_directory_is_not_looked_through(tmp_path: Path) -> None:
    plant(tmp_path, {f"mnt/{number:05}/": "" for number in range(3000)})
    plant(tmp_path, {"run/install/repo/repodata/repomd.xml": METADATA, "mnt/99999/repodata/repomd.xml": METADATA})
    assert found(tmp_path) == ["/run/install/repo"]


def test_looking_for_media_loads_no_package_manager() -> None:
    program = (
        "import json, sys; before = set(sys.modules); import zeus_installer.packages.media; "
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    heavy = {"dnf", "libdnf5", "rpm", "subprocess", "tempfile", "urllib.request", "zeus_installer.packages.port"}
    assert loaded & heavy == set()

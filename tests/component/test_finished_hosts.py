"""A machine that starts from the network again: a finished Zeus host on its disk is seen, and left as it is."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.component.loops import as_disk, digest, loop_disk, make_table, run
from zeus_installer.kickstart.finished import refuse_finished
from zeus_installer.machine.model import Disk, Use
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.target import Target

TIME = "2026-11-20T10:11:12Z"
HINT = "let the machine start from its disk; or give zeus.reinstall on the kernel command line to install it again"


def journal(*marks: str) -> str:
    lines = [{"time": TIME, "run": "r1", "step": "run", "mark": mark, "detail": {}} for mark in marks]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


COMMITTED = {"var/lib/zeus/journal.jsonl": journal("begin", "dom0", "committed"), "var/lib/zeus/plan.json": "{}\n"}
NAMED = {**COMMITTED, "etc/hostname": "xen1.example.org\n"}


@contextmanager
def disk_with(scratch: Path, kind: str, files: dict[str, str]) -> Iterator[Disk]:
    """A disk of two partitions, the second of which has a file system with these files."""
    with loop_disk(scratch / "disk.img") as device:
        make_table(device, "10M", "+")
        _, second = device.partitions()
        run(
            *{"ext4": ("mkfs.ext4", "-q"), "xfs": ("mkfs.xfs", "-q")}.get(kind, (f"mkfs.{kind}", "-f")),
            str(second.path),
        )
        place = scratch / "mount"
        place.mkdir()
        run("mount", "-t", kind, str(second.path), str(place))
        for path, text in files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
        run("umount", str(place))
        plain = as_disk(device)
        uses = (Use(kind="filesystem", name=kind),)
        partitions = (plain.partitions[0], dataclasses.replace(plain.partitions[1], uses=uses))
        yield dataclasses.replace(plain, partitions=partitions)


def look(disk: Disk, scratch: Path, words: str = "") -> Sequence[str]:
    (scratch / "root/proc").mkdir(parents=True, exist_ok=True)
    (scratch / "root/proc/cmdline").write_text(f"quiet zeus.unattended {words}\n")
    return [line.replace(disk.path, "DISK") for line in refuse_finished(disk, Target(scratch / "root"))]


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs"])
def test_a_finished_host_is_refused(tmp_path: Path, kind: str) -> None:
    with disk_with(tmp_path, kind, NAMED) as disk:
        before = digest(tmp_path / "disk.img")
        with pytest.raises(RefusedError) as caught:
            look(disk, tmp_path)
        assert digest(tmp_path / "disk.img") == before
        assert str(caught.value).replace(disk.path, "DISK") == (
            "Loop disk, no serial, 440 MB, DISK: DISKp2 has a finished Zeus host, xen1.example.org, "
            f"of {TIME}\nhint: {HINT}"
        )
        assert disk.path not in Path("/proc/mounts").read_text()
        assert look(disk, tmp_path, "zeus.reinstall") == [
            "DISKp2 has a finished Zeus host, xen1.example.org, of 2026-11-20T10:11:12Z: it is replaced, as "
            "zeus.reinstall says"
        ]


@pytest.mark.parametrize(
    ("below", "named"),
    [("root/", "xen1.example.org"), ("@/", "xen1.example.org"), ("", "xen1.example.org"), ("var", "without a name")],
)
def test_where_a_system_can_lie(tmp_path: Path, below: str, named: str) -> None:
    """On a file system of its own, in a subvolume, and with /var on a file system of its own."""
    files = {path.removeprefix("var/") if below == "var" else below + path: text for path, text in NAMED.items()}
    with disk_with(tmp_path, "ext4", files) as disk, pytest.raises(RefusedError) as caught:
        look(disk, tmp_path)
    assert f"has a finished Zeus host, {named}, of {TIME}" in caught.value.message


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"etc/hostname": "other\n"},
        {**COMMITTED, "var/lib/zeus/journal.jsonl": journal("begin", "dom0")},
        {"var/lib/zeus/journal.jsonl": journal("committed")},
        {**COMMITTED, "var/lib/zeus/journal.jsonl": "no journal\n" * 3},
    ],
    ids=["nothing", "another system", "unfinished", "reverted", "broken"],
)
def test_what_is_no_finished_host(tmp_path: Path, files: dict[str, str]) -> None:
    with disk_with(tmp_path, "ext4", files) as disk:
        assert look(disk, tmp_path) == []


def test_a_file_system_that_cannot_be_looked_into(tmp_path: Path) -> None:
    with disk_with(tmp_path, "ext4", NAMED) as disk:
        run("dd", "if=/dev/zero", f"of={disk.partitions[1].path}", "bs=1M", "count=8", "conv=fsync")
        (said,) = look(disk, tmp_path)
    assert said.startswith("DISKp2: ext4 cannot be mounted: mount: /run/zeus-look-")
    assert said.endswith("; whether it is a Zeus host is not known")

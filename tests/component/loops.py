"""Disks for tests: sparse files behind real loop devices."""

import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zeus_installer.machine.model import Disk, Partition
from zeus_installer.storage.device import Device

GIB = 1 << 30
# The smallest that every file system of the tests fits on.
SIZE = 420 << 20


@contextmanager
def loop_disk(image: Path, *, size: int = SIZE, sector: int = 512) -> Iterator[Device]:
    """A disk of `size` bytes as a loop device on `image`, which is made when it is not there."""
    if not image.exists():
        with image.open("wb") as file:
            file.truncate(size)
    node = run("losetup", "--find", "--show", "--sector-size", str(sector), str(image)).strip()
    try:
        yield Device(Path(node))
    finally:
        subprocess.run(["partx", "--delete", node], capture_output=True)
        run("losetup", "--detach", node)


def run(*argv: str, stdin: str | None = None) -> str:
    """Run a tool of the system; on failure its words are the error."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr or done.stdout}")
    return done.stdout


def as_disk(device: Device, **facts: object) -> Disk:
    """The device as a plan has it, with the partitions that it has now."""
    partitions = tuple(
        Partition(number=entry.number, path=str(entry.path), start=entry.start, size=entry.size)
        for entry in device.partitions()
    )
    plain = {
        "name": device.name,
        "path": str(device.path),
        "size": device.size,
        "logical_sector": device.sector,
        "model": "Loop disk",
        "partitions": partitions,
        "table": "gpt" if partitions else None,
    }
    return Disk(**{**plain, **facts})  # type: ignore[arg-type]


def make_table(device: Device, *sizes: str) -> None:
    """A GPT with partitions of these sizes (sfdisk's notation), known to the kernel."""
    script = "label: gpt\n" + "".join(f"size={size}\n" for size in sizes)
    run("sfdisk", "--no-reread", "--no-tell-kernel", str(device.path), stdin=script)
    run("partx", "--add", str(device.path))


def digest(path: Path, *, start: int = 0, size: int = -1) -> str:
    """The SHA-256 of a range of a file or device."""
    with path.open("rb") as file:
        file.seek(start)
        return hashlib.sha256(file.read(size)).hexdigest()

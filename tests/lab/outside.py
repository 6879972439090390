"""What a guest's disks hold, read from outside after the guest has gone."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.lab.tools import run

SR_TYPE_GUID: Final = "E6D6D379-F507-44C2-A23C-238F2A3DF928"
LVM_METADATA: Final = 12 * 1024 * 1024


def as_raw(image: Path) -> Path:
    """Give the image (with what it is an overlay of) as a sparse raw file beside it."""
    raw = image.with_suffix(".raw-copy")
    run(["qemu-img", "convert", "-O", "raw", image, raw])
    return raw


def partitions(raw: Path) -> Sequence[dict[str, object]]:
    """Give the rows of the partition table, in sectors, as sfdisk has them."""
    table = json.loads(run(["sfdisk", "--json", raw]))["partitiontable"]
    rows: Sequence[dict[str, object]] = table["partitions"]
    return rows


def lvm_metadata(raw: Path, partition: dict[str, object]) -> str:
    """Give the text of LVM's metadata area at the beginning of a partition."""
    with raw.open("rb") as stream:
        stream.seek(int(str(partition["start"])) * 512)
        return stream.read(LVM_METADATA).decode("ascii", "replace")


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

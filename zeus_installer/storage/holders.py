"""What is built on some disks: found by blivet, in a process of its own (`-m zeus_installer.storage.holders NAME…`).

blivet loads half of the system, logs where it likes and may crash on a broken disk; none of it reaches the run. Looking
changes nothing: what blivet would do on its way, such as stopping an array that it does not understand, is refused.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import ZeusError, sentence_list
from zeus_installer.system.run import run

_SCAN_SECONDS: Final = 300
_NO_BLIVET: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Something that is built on disks. `kind` is blivet's type (`lvmvg`, `mdarray`, `luks/dm-crypt`, …).

    `members` are the devices that it lies on directly, `disks` the names of all disks below it, `active`: it runs now.
    """

    kind: str
    name: str
    path: str
    uuid: str = ""
    active: bool = False
    members: tuple[str, ...] = ()
    disks: tuple[str, ...] = ()


def find_holders(names: Sequence[str]) -> tuple[Holder, ...]:
    """Find all that is built on the disks with these kernel names, the topmost first."""
    try:
        answer = run([sys.executable, "-m", __name__, *names], timeout=_SCAN_SECONDS, ok=(0, _NO_BLIVET))
    except ZeusError as error:
        raise ZeusError(
            "storage.scan",
            f"cannot find out what is built on {sentence_list(names)}: {error.message}",
            hint="nothing was written; release the disks by hand (vgchange -an, mdadm --stop, cryptsetup close)",
        ) from error
    if answer.returncode == _NO_BLIVET:
        raise ZeusError(
            "storage.blivet",
            f"blivet cannot be loaded: {answer.stderr.strip().splitlines()[-1]}",
            hint="install it (dnf install python3-blivet) and go on: zeus resume",
        )
    found = json.loads(answer.stdout)
    return tuple(decode(Holder, holder, where=f"holders[{index}]") for index, holder in enumerate(found))


def main(names: Sequence[str]) -> int:
    """Write the holders of the named disks to standard output, as JSON."""
    # Whatever the libraries below blivet print goes to stderr: stdout is the answer's alone.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        import blivet
    except (ImportError, ValueError) as error:
        # gi raises ValueError when the typelib of libblockdev is missing.
        sys.stderr.write(f"{error}\n")
        return _NO_BLIVET
    with answer:
        json.dump([encode(holder) for holder in _scan(blivet, names)], answer)
    return 0


def _scan(blivet: Any, names: Sequence[str]) -> list[Holder]:  # noqa: ANN401 - blivet has no types
    _only_look()
    storage = blivet.Blivet()
    storage.exclusive_disks = list(names)
    storage.reset()
    tree = storage.devicetree
    disks = [disk for name in names if (disk := tree.get_device_by_name(name)) is not None]
    # blivet hides what also lies on a disk outside of `exclusive_disks`; exactly that must be seen to be refused.
    found = {device.id: device for disk in disks for device in tree.get_dependent_devices(disk, hidden=True)}
    return [_holder(device) for device in sorted(found.values(), key=lambda device: -len(device.ancestors))]


def _only_look() -> None:
    from gi.repository import BlockDev

    def refuse(*_arguments: object) -> None:
        raise BlockDev.MDRaidError("not while looking")

    for change in ("activate", "deactivate", "run"):
        setattr(BlockDev.md, change, refuse)


def _holder(device: Any) -> Holder:  # noqa: ANN401 - blivet has no types
    return Holder(
        kind=device.type,
        name=device.name,
        path=device.path,
        uuid=device.uuid or "",
        active=bool(device.status),
        members=tuple(parent.path for parent in device.parents),
        disks=tuple(sorted(disk.name for disk in device.disks)),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

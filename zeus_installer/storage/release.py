"""Taking down what is built on disks, by name and from the top: volume groups, arrays, LUKS and multipath maps."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from zeus_installer.storage.holders import Holder
from zeus_installer.system.errors import ZeusError, sentence_list
from zeus_installer.system.run import run

_TIMEOUT_SECONDS: Final = 120
Argv = Sequence[str | Path]


def refuse_shared(holders: Sequence[Holder], disks: Collection[str]) -> None:
    """Raise a `ZeusError` for what also lies on a disk that is not one of `disks` (kernel names)."""
    for holder in holders:
        others = [f"/dev/{disk}" for disk in holder.disks if disk not in disks]
        if others:
            raise ZeusError(
                "storage.shared",
                f"{holder.name} ({holder.kind}) also lies on {sentence_list(others)}, which must not be touched",
                hint=f"take {holder.name} off the disk first (for LVM: vgreduce), or name another disk",
            )


def take_down(holders: Sequence[Holder]) -> None:
    """Stop every holder, in the order given (the topmost first). One of a kind that we do not know is a `ZeusError`."""
    active = [holder for holder in holders if holder.active and not holder.kind.startswith(_PARTS)]
    unknown = [f"{holder.name} ({holder.kind})" for holder in active if holder.kind not in _WAYS]
    if unknown:
        raise ZeusError(
            "storage.held",
            f"Zeus does not know how to release {sentence_list(unknown)}",
            hint="release it by hand, or name another disk; nothing was written",
        )
    for holder in active:
        run(_WAYS[holder.kind](holder), timeout=_TIMEOUT_SECONDS)


def _deactivate_group(holder: Holder) -> Argv:
    # By UUID, since two groups may have one name; and of all devices LVM may look at the group's own only.
    devices = ",".join(holder.members)
    return ["vgchange", "--activate", "n", "--devices", devices, "--select", f"vg_uuid={holder.uuid}"]


def _stop_array(holder: Holder) -> Argv:
    return ["mdadm", "--stop", holder.path]


def _close_luks(holder: Holder) -> Argv:
    return ["cryptsetup", "close", holder.name]


def _remove_map(holder: Holder) -> Argv:
    return ["dmsetup", "remove", holder.name]


def _flush_multipath(holder: Holder) -> Argv:
    return ["multipath", "-f", holder.name]


_WAYS: Final[Mapping[str, Callable[[Holder], Argv]]] = {
    "lvmvg": _deactivate_group,
    "mdarray": _stop_array,
    "mdbiosraidarray": _stop_array,
    "mdcontainer": _stop_array,
    "luks/dm-crypt": _close_luks,
    "integrity/dm-crypt": _close_luks,
    "dm": _remove_map,
    "dm-crypt": _remove_map,
    "dm-linear": _remove_map,
    "dm-multipath": _flush_multipath,
}
# What goes away with what it is part of, or only exists while it is mounted.
_PARTS: Final = ("partition", "lvmlv", "lvmthin", "lvmsnapshot", "lvminternal", "lvmvdo", "lvmcache", "btrfs")

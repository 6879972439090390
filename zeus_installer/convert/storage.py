"""The storage repository: its type, its disks, and dom0's disk, which in Zeus is Anaconda's business."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.convert.disks import Disks, Named, describe, is_array, read_disks
from zeus_installer.convert.document import Element
from zeus_installer.convert.draft import path_of
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.messages import said
from zeus_installer.convert.reading import Reading, attribute, is_true, show
from zeus_installer.system.errors import sentence_list

_DEFAULTS: Final = {Dialect.XCP_NG: "ext", Dialect.XENSERVER: "lvm"}
_DISKS: Final = "storage.disks"
_NAME_IT: Final = 'name it by serial = "…" (see `zeus probe`), or convert with --machine FILE'


def convert_storage(reading: Reading, *, dialect_is_known: bool) -> None:
    """Convert `primary-disk`, `guest-disk`, `raid` and `sr-type`."""
    primary = reading.first("primary-disk")
    disks = read_disks(reading, primary) if primary else None
    if primary is None or disks is None:
        return
    _tell_system_disk(reading, primary, disks)
    _tell_partitions(reading, primary)
    if not disks.guests and not disks.on_primary:
        reading.draft.set("storage.sr_type", "none", primary.line)
        reading.draft.note(primary.line, "neither guest-storage nor <guest-disk>: the host has no local storage")
        return
    _convert_type(reading, dialect_is_known=dialect_is_known)
    if not disks.guests:
        _on_system_disk(reading, primary, disks)
    elif disks.on_primary:
        _on_both(reading, primary, disks)
    else:
        _on_own_disks(reading, disks)


def _convert_type(reading: Reading, *, dialect_is_known: bool) -> None:
    draft, root, key = reading.draft, reading.root, "storage.sr_type"
    kind = attribute(root, "sr-type")
    if kind in ("ext", "lvm"):
        draft.set(key, kind, root.line)
    elif kind:
        draft.error(root.line, f"{show(root, 'sr-type')}: Zeus makes no storage of this type", "choose ext or lvm")
    else:
        taken, product = _DEFAULTS[reading.dialect], reading.dialect.product
        draft.set(key, taken, root.line)
        if dialect_is_known:
            draft.note(root.line, f"sr-type is not given: {taken}, as {product}'s installer has it")
        else:
            draft.warning(
                root.line,
                "sr-type is not given: ext is taken, as XCP-ng's installer has it; XenServer's has lvm",
                "say which installer the file is for: --dialect xcp-ng | xenserver",
            )


def _on_system_disk(reading: Reading, primary: Element, disks: Disks) -> None:
    draft = reading.draft
    draft.set("storage.space", "free-space", primary.line)
    text = "the storage repository takes what dom0 leaves free on its disk"
    draft.note(primary.line, text, "leave room there: a kickstart's autopart or part --grow takes it all")
    if disks.primary_is_mirror:
        draft.set("storage.raid", "raid1", primary.line)
        _set_disks(reading, disks.primary)


def _on_both(reading: Reading, primary: Element, disks: Disks) -> None:
    """One SR over a part of one disk and the whole of others: ours have one `space` for all disks."""
    why = (
        "one storage repository over the rest of dom0's disk and "
        f"{sentence_list(disk.device for disk in disks.guests)} (guest-storage is true unless it is said to be false)"
    )
    reading.draft.to_complete(_DISKS, primary.line, f"{why} cannot be had: keep the disks of one kind")
    reading.draft.warning(
        primary.line,
        f"{why} cannot be had",
        'keep those disks alone (guest-storage="no" says so), or say space = "free-space" without disks',
    )
    _set_disks(reading, (*disks.primary, *_flat(disks)))


def _on_own_disks(reading: Reading, disks: Disks) -> None:
    draft, first = reading.draft, disks.guests[0]
    members = disks.arrays.get(first.device)
    if members and len(disks.guests) == 1:
        draft.set("storage.raid", "raid1", first.line)
    elif members or any(disk.device in disks.arrays for disk in disks.guests):
        why = "a mirror and other disks in one storage repository"
        draft.to_complete(_DISKS, first.line, f"{why} cannot be had: keep the disks of one of them")
        draft.warning(first.line, f"{why} cannot be had", "keep the disks of one of them")
    chosen = _flat(disks)
    _set_disks(reading, chosen)
    draft.set("storage.wipe", "listed-disks", first.line)
    draft.warning(
        first.line,
        f'wipe = "listed-disks": what is on {sentence_list(describe(disk) for disk in chosen)} is destroyed, as XCP-ng'
        " would",
        "without questions that takes zeus.unattended on the kernel command line besides;"
        ' wipe = "only-if-empty" spares them',
    )


def _flat(disks: Disks) -> tuple[Named, ...]:
    return tuple(member for disk in disks.guests for member in disks.arrays.get(disk.device, (disk,)))


def _set_disks(reading: Reading, disks: Sequence[Named]) -> None:
    draft = reading.draft
    recorded = reading.machine.disks if reading.machine else ()
    draft.set(_DISKS, [disk.rule(recorded) for disk in disks], disks[0].line)
    for index, disk in enumerate(disks):
        path = (*path_of(_DISKS), index)
        draft.lines[path] = disk.line
        if why := disk.why_unstable():
            text = f"<{disk.element.name}> {said(disk.device)} {why}"
            draft.unfinished[*path, "path"] = disk.line
            draft.remark(path_of(_DISKS), disk.line, f"{text}: {_NAME_IT}")
            draft.warning(disk.line, text, _NAME_IT)
        elif disk.disk and not disk.device.startswith("/dev/disk/"):
            text = f"<{disk.element.name}> {said(disk.element.text)} is taken as {describe(disk)}"
            draft.warning(disk.line, text, "see that it is the one that had this name under XCP-ng")


def _tell_system_disk(reading: Reading, primary: Element, disks: Disks) -> None:
    draft = reading.draft
    names = sentence_list(describe(disk) for disk in disks.primary)
    if disks.primary_is_mirror or is_array(disks.primary[0]):
        draft.warning(
            primary.line,
            f"dom0's mirror of {names} is not carried over: dom0's disks are Anaconda's business",
            "say raid and part in the kickstart",
        )
        return
    disk = disks.primary[0]
    serial = disk.disk.serial if disk.disk else None
    draft.note(
        primary.line,
        f"dom0's disk, {names}, is Anaconda's business, and not in the answers",
        f"on the kernel command line: zeus.system_disk={serial or '…, with its serial number'}",
    )


def _tell_partitions(reading: Reading, primary: Element) -> None:
    draft = reading.draft
    preserve = attribute(primary, "preserve-first-partition")
    if preserve in ("true", "yes"):
        text = f"{show(primary, 'preserve-first-partition')} is not carried over: Anaconda partitions dom0's disk"
        draft.warning(primary.line, text, "say clearpart --list=… in the kickstart")
    if not is_true(primary, "sr-at-end", default=True):
        text = "sr-at-end is not carried over: the storage repository lies where there is room"
        draft.warning(primary.line, text)
    if attribute(primary, "fs-type") and reading.dialect is Dialect.XENSERVER:
        text = f"{show(primary, 'fs-type')} is not carried over: dom0's file systems are Anaconda's business"
        draft.note(primary.line, text, "say --fstype in the kickstart")

"""Make a medium: the distribution's ISO with Zeus on it, written once, and whole or not at all."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Final

from zeus_installer import __version__
from zeus_installer.iso.checksum import implant
from zeus_installer.iso.content import put_addon, put_kickstart, put_menus
from zeus_installer.iso.entries import DIRECTORY
from zeus_installer.iso.firmware import boot_image_changes
from zeus_installer.iso.given import Given, read_given
from zeus_installer.iso.offline import PLACE, OfflineOrder, collect, with_offline
from zeus_installer.iso.record import RECORD, Base, Record, made_already
from zeus_installer.iso.source import Source, open_source
from zeus_installer.iso.stage import Stage
from zeus_installer.iso.xorriso import remaster
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.files import scratch_beside, sync_directory

# What an ISO's own structures and rounding may take, in bytes.
_ALLOWANCE: Final = 16 << 20
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What medium is wanted. With `offline` it has all packages."""

    iso: Path
    out: Path
    answers: Path | None = None
    kickstart: Path | None = None
    addon: Path | None = None
    offline: OfflineOrder | None = None
    append: tuple[str, ...] = ()
    unattended: bool = False
    replace: bool = False
    force: bool = False


def build(order: Order, say: Say) -> Record:
    """Make the medium and give its record. When something is wrong nothing is left behind."""
    _check_place(order)
    given = read_given(kickstart=order.kickstart, answers=order.answers, append=order.append)
    source = open_source(order.iso)
    if source.record and not order.replace:
        raise made_already(order.iso, source.record)
    with scratch_beside(order.out.absolute()) as work:
        stage = Stage(work / "stage")
        if order.offline:
            given = _put_packages(stage, work / "packages", order.offline, source, given, say)
        record = _fill(stage, order, source, given)
        _check_space(order, source, stage)
        say(f"writing {order.out}, from {source.tree.name} {source.tree.version}")
        made = work / "medium"
        remaster(order.iso, made, (*boot_image_changes(source, work), *stage.changes()))
        implant(made)
        made.chmod(0o600 if given.answers else 0o644)
        _keep(made, order.out)
    return record


def _put_packages(stage: Stage, place: Path, order: OfflineOrder, source: Source, given: Given, say: Say) -> Given:
    """Collect the packages, and give the answers that take them from the medium."""
    tree = source.tree
    found = collect(
        order,
        given.answers,
        place,
        say,
        kickstart=given.kickstart,
        distribution=tree.name,
        version=tree.version,
    )
    say(f"offline set: {len(found.packages)} packages, {found.size >> 20} MiB")
    stage.put_copy(PLACE, place)
    return replace(given, answers=with_offline(given.answers))


def _fill(stage: Stage, order: Order, source: Source, given: Given) -> Record:
    before = source.record
    if before:
        stage.remove(DIRECTORY)
    put_kickstart(stage, given)
    record = Record(
        zeus=__version__,
        base=before.base if before else Base(file=order.iso.name, sha256=_sha256(order.iso)),
        unattended=order.unattended,
        answers=tuple(given.answers),
        append=tuple(given.append),
        added=put_addon(stage, source, order.addon),
        changed=put_menus(stage, source, given, unattended=order.unattended),
    )
    stage.put(RECORD, json.dumps(encode(record), indent=2) + "\n")
    return record


def _keep(made: Path, out: Path) -> None:
    """Give the medium its name, once it is all on the disk."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(out)
    sync_directory(out.parent)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _check_place(order: Order) -> None:
    out = order.out
    if out.is_dir() or not out.parent.is_dir():
        place = f"{out} is a directory" if out.is_dir() else f"{out.parent} is no directory"
        raise UsageError("iso.unwritable", f"{place}: nothing can be written there", hint="name a file")
    if out.exists() and not out.is_file():
        raise UsageError(
            "iso.unwritable",
            f"{out} is not a regular file",
            hint="name a file, and write that to the device when it is there",
        )
    if out.exists() and order.iso.exists() and out.samefile(order.iso):
        raise UsageError("iso.same_file", f"{out} is the ISO that the medium is made from", hint="name another file")
    if out.exists() and not order.force:
        raise UsageError("iso.exists", f"{out} exists already", hint="--force replaces it")


def _check_space(order: Order, source: Source, stage: Stage) -> None:
    wanted = source.path.stat().st_size + stage.size() + _ALLOWANCE
    free = shutil.disk_usage(order.out.parent).free
    if free < wanted:
        raise ZeusError(
            "iso.no_space",
            f"{order.out.parent} has {free >> 20} MiB of free space, and the medium takes {wanted >> 20} MiB",
            hint="make space there, or name a file elsewhere",
        )

"""Render a tree for an inventory: whole or not at all, so that a server never carries half of one."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer import __version__
from zeus_installer.iso.given import kernel_words
from zeus_installer.pxe.boot_files import Programs, put_boot_files
from zeus_installer.pxe.host_files import HostWriter
from zeus_installer.pxe.hosts import merged
from zeus_installer.pxe.inventory import common_answers, read_inventory
from zeus_installer.pxe.kernel_words import Words
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.files import scratch_beside
from zeus_installer.web.places import plain_fingerprint, shown, split

MANIFEST: Final = "manifest.json"
# What a tree has at its top: a directory with something else is somebody's.
_OURS: Final = frozenset({MANIFEST, ".treeinfo", "EFI", "boot", "boot.ipxe", "grub", "hosts", "images", "ipxe", "zeus"})
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to render. `url`, `answers` and `fingerprint` win over what the inventory says, `append` comes beside it."""

    inventory: Path
    out: Path
    iso: Path
    url: str | None = None
    answers: Path | None = None
    kickstart: Path | None = None
    append: tuple[str, ...] = ()
    fingerprint: str | None = None


def render(order: Order, say: Say) -> int:
    """Render the tree and give the number of its hosts. When something is wrong, what was there is as it was."""
    # What a link leads to is replaced, not the link.
    out = order.out.resolve()
    try:
        _check_place(out)
        with _for_everybody():
            return _render(order, out, say)
    except BrokenPipeError:
        raise
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise ZeusError("pxe.unwritable", f"{error.filename or out}: {what}", hint=f"{out} is as it was") from error


def _render(order: Order, out: Path, say: Say) -> int:
    inventory = read_inventory(order.inventory)
    site = inventory.site
    url = _checked(order.url or site.url)
    fingerprint = order.fingerprint or site.fingerprint
    words = Words(
        url=url,
        fingerprint=plain_fingerprint(fingerprint) if fingerprint else None,
        append=kernel_words([site.append, *order.append]),
    )
    common = merged(site.answers, common_answers(order.answers)) if order.answers else site.answers
    with scratch_beside(out) as scratch:
        tree = scratch / "tree"
        tree.mkdir(mode=0o755)
        entries = scratch / "hosts"
        writer = HostWriter(tree=tree, words=words, common=common)
        with entries.open("w") as file:
            writer.write_all(inventory, file)
        path = split(url).path
        programs = put_boot_files(tree, order.iso, url=url, base_path=path, kickstart=order.kickstart, say=say)
        _write_manifest(tree / MANIFEST, url, programs, entries)
        _exchange(tree, out, scratch / "before")
    return writer.count


@contextmanager
def _for_everybody() -> Iterator[None]:
    """Make files that any server can read, whatever whoever renders has otherwise."""
    mask = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(mask)


def _checked(url: str | None) -> str:
    if url is None:
        raise UsageError(
            "pxe.url",
            "nobody says where the tree will be found",
            hint='write url = "http://SERVER/PATH" into [site], or --url on the command line',
        )
    parts = split(url)
    if parts.query or parts.fragment or parts.username:
        raise UsageError("pxe.url", f"{shown(url)} has more than scheme, host, port and path")
    try:
        return kernel_words([url])[0].rstrip("/")
    except UsageError as error:
        message = f"{shown(url)} has something else than letters, digits and @%+=:,./?&~_-"
        raise UsageError(
            "pxe.url", message, hint="a boot loader could misread it; name the server or its IPv4 address"
        ) from error


def _check_place(out: Path) -> None:
    if not out.parent.is_dir():
        raise UsageError("pxe.unwritable", f"{out.parent} is no directory: nothing can be written there")
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError("pxe.unwritable", f"{out} is not a directory", hint="name a directory for the tree")
    if out.is_mount():
        raise UsageError(
            "pxe.unwritable",
            f"{out} is a mount point",
            hint="name a directory below it: the tree is replaced as a whole",
        )
    names = {path.name for path in out.iterdir()}
    if strange := sorted(names - _OURS if MANIFEST in names else names):
        raise UsageError(
            "pxe.not_ours",
            f"{out} has something that is not of a rendered tree: {strange[0]}",
            hint="name another directory: the tree is replaced as a whole",
        )


def _write_manifest(path: Path, url: str, programs: Programs, entries: Path) -> None:
    """Write it host by host: it is as long as the inventory."""
    head = {"version": 1, "zeus": __version__, "base_url": url, "programs": encode(programs)}
    with path.open("w") as manifest, entries.open() as lines:
        manifest.write(json.dumps(head, indent=1).removesuffix("\n}") + ',\n "hosts": [')
        separator = "\n  "
        for line in lines:
            manifest.write(separator + line.rstrip("\n"))
            separator = ",\n  "
        manifest.write("\n ]\n}\n")


def _exchange(tree: Path, out: Path, before: Path) -> None:
    """Put the tree in its place; what was there goes away with `before`, and comes back when that fails."""
    try:
        if out.exists():
            out.rename(before)
        tree.rename(out)
    except BaseException:
        if before.exists() and not out.exists():
            before.rename(out)
        raise

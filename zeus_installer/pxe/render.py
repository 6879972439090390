"""Render a tree for an inventory: whole or not at all, so that a server never carries half of one."""

import json
import tempfile
from collections.abc import Callable
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
from zeus_installer.system.errors import UsageError
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
    out = order.out.absolute()
    _check_place(out)
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
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
        tree = Path(scratch, "tree")
        tree.mkdir(mode=0o755)
        entries = Path(scratch, "hosts")
        writer = HostWriter(tree=tree, words=words, common=common)
        with entries.open("w") as file:
            writer.write_all(inventory, file)
        path = split(url).path
        programs = put_boot_files(tree, order.iso, url=url, base_path=path, kickstart=order.kickstart, say=say)
        _write_manifest(tree / MANIFEST, url, programs, entries)
        _exchange(tree, out, Path(scratch, "before"))
    return writer.count


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
    return kernel_words([url])[0].rstrip("/")


def _check_place(out: Path) -> None:
    if not out.parent.is_dir():
        raise UsageError("pxe.unwritable", f"{out.parent} is no directory: nothing can be written there")
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError("pxe.unwritable", f"{out} is not a directory", hint="name a directory for the tree")
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
    """Put the tree in its place; what was there goes away with `before`."""
    if out.exists():
        out.rename(before)
    tree.rename(out)

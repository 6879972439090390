"""Open an installer's ISO: what it is, and files of it."""

from pathlib import Path

from zeus_installer.iso.tree import TreeInfo, read_tree
from zeus_installer.iso.volume import read_volume
from zeus_installer.iso.xorriso import extract

__all__ = ["TreeInfo", "extract", "read_treeinfo", "volume_label"]


def read_treeinfo(iso: Path) -> TreeInfo:
    """Tell what is on the ISO. What is no installer's ISO for this architecture is a `UsageError`."""
    return read_tree(read_volume(iso))


def volume_label(iso: Path) -> str:
    """Give the label of its volume."""
    return read_volume(iso).label

"""Answers on a volume: the one labelled ZEUS, or one that the kernel command line names (`hd:LABEL=…:/path`)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.answer_sources.folders import first_of, read_file
from zeus_installer.answer_sources.names import ENDING
from zeus_installer.answer_sources.search import Found, Search
from zeus_installer.machine.tree import Tree
from zeus_installer.storage.looking import READABLE, looking_into
from zeus_installer.system.errors import UsageError, sentence_list
from zeus_installer.system.run import run

LABEL: Final = "ZEUS"
_HD: Final = re.compile(r"hd:((?:LABEL|UUID)=[^:]+|/dev/[^:]+):(/.*)")
_ESCAPED: Final = re.compile(r"\\(.)")
_SECONDS: Final = 60
_NOTHING: Final = 2  # blkid(8): no device was identified


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A device with a file system."""

    path: str
    kind: str
    label: str
    uuid: str
    mounted: str | None = None

    @property
    def readable(self) -> bool:
        """Whether we know how to look into it."""
        return self.mounted is not None or self.kind in READABLE

    @contextmanager
    def looked_into(self) -> Iterator[Tree]:
        """Give it as a tree: where it is mounted already, else mounted for the moment."""
        if self.mounted is not None:
            yield Tree(Path(self.mounted))
            return
        with looking_into(self.path, self.kind) as tree:
            yield tree


def labelled(search: Search, source: str) -> Found | None:
    """Give the answers on the volume labelled ZEUS (FAT keeps labels in either case). None: there are none.

    Two volumes that both have answers are a `UsageError`: nobody could tell which were meant.
    """
    volumes = _volumes(search, lambda volume: volume.label.upper() == LABEL)
    if not volumes:
        search.note(source, f"there is no volume labelled {LABEL}")
        return None
    found = []
    for volume in volumes:
        if not volume.readable:
            search.note(source, f"{volume.path} is labelled {volume.label}, and {volume.kind} is not read")
            continue
        with volume.looked_into() as tree:
            answers = first_of(search, tree, "", "")
        if answers is None:
            search.note(source, f"{volume.path} is labelled {volume.label}, and has no answers for this machine")
        else:
            found.append((volume, *answers))
    if len(found) > 1:
        where = sentence_list(volume.path for volume, _, _ in found)
        message = f"{source}: {where} are both labelled {LABEL}, and both have answers"
        raise UsageError("answers.two_volumes", message, hint="take one out")
    for volume, name, data in found:
        return search.found(source, data, f"{name} on {volume.path} ({volume.label})", authenticated=True)
    return None


def named(search: Search, source: str, where: str) -> Found:
    """Give the answers at `hd:DEVICE:/PATH`; what is not there is a `UsageError`."""
    parts = _HD.fullmatch(where)
    if parts is None:
        raise UsageError("answers.address", f"{source}: {where} is no place", hint="write hd:LABEL=NAME:/PATH.toml")
    device, path = parts.groups()
    volumes = _volumes(search, lambda volume: _is_named(volume, device))
    if len(volumes) != 1:
        count = f"there are {len(volumes)} volumes" if volumes else "there is no volume"
        raise UsageError(
            "answers.no_volume", f"{source}: {where}: {count} of that name", hint="look at the output of blkid"
        )
    (volume,) = volumes
    with volume.looked_into() as tree:
        name, data = _at(search, tree, path)
    if data is None:
        raise UsageError("answers.none_here", f"{source}: {where}: no answers for this machine there")
    return search.found(source, data, f"{name} on {volume.path}", authenticated=True)


def in_files(search: Search, source: str, path: str) -> Found:
    """Give the answers in a file or folder of this system (`file:///PATH`); what is not there is a `UsageError`."""
    name, data = _at(search, Tree(search.target.root), path)
    if data is None:
        raise UsageError("answers.none_here", f"{source}: file://{path}: no answers for this machine there")
    return search.found(source, data, name, authenticated=True)


def _at(search: Search, tree: Tree, path: str) -> tuple[str, bytes | None]:
    if path.endswith(ENDING):
        return path, read_file(tree, path.lstrip("/"), path)
    name, data = first_of(search, tree, path.strip("/"), path.rstrip("/")) or ("", None)
    return f"{path.rstrip('/')}/{name}", data


def _volumes(search: Search, wanted: Callable[[Volume], bool]) -> Sequence[Volume]:
    """Give the volumes that are meant, each once: a hybrid image shows as a disk and as its partition."""
    if not search.target.is_running_system:
        return ()
    # What udev knows would come sooner; but it knows nothing of a device that it has not seen yet.
    told = run(["blkid", "-c", "/dev/null", "-o", "export"], timeout=_SECONDS, ok=(0, _NOTHING)).stdout
    places = _mounted(search.target.read("/proc/self/mounts") or "")
    every = (_volume(paragraph, places) for paragraph in told.split("\n\n"))
    once = {(one.kind, one.uuid or one.path): one for one in every if one is not None and wanted(one)}
    return tuple(sorted(once.values(), key=lambda volume: volume.path))


def _volume(paragraph: str, places: Mapping[str, str]) -> Volume | None:
    """Read what blkid exports of one device: NAME=VALUE lines, as a shell would read them."""
    facts = dict(_ESCAPED.sub(r"\1", line).split("=", 1) for line in paragraph.splitlines() if "=" in line)
    path, kind = facts.get("DEVNAME"), facts.get("TYPE")
    if path is None or kind is None:
        return None
    label, uuid = facts.get("LABEL", ""), facts.get("UUID", "")
    return Volume(path=path, kind=kind, label=label, uuid=uuid, mounted=places.get(path))


def _mounted(mounts: str) -> Mapping[str, str]:
    """Give where devices are mounted (proc(5): blanks stand as octal numbers)."""
    rows = (line.split(" ") for line in mounts.splitlines())
    return {
        row[0]: re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), row[1]) for row in rows if len(row) > 1
    }


def _is_named(volume: Volume, device: str) -> bool:
    kind, equals, value = device.partition("=")
    if not equals:
        return volume.path == device
    return (volume.label if kind == "LABEL" else volume.uuid) == value

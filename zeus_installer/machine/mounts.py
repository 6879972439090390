"""What is mounted and what is swapped to, as the kernel lists it (proc(5))."""

import re
from dataclasses import dataclass, replace

from zeus_installer.machine.tree import Tree

_ESCAPED = re.compile(r"\\([0-7]{3})")
# Lines end in "\n" only: str.splitlines would also end them at characters that the kernel does not escape.
# The separator of mountinfo comes after six fixed fields and any number of optional ones.
_FIXED_FIELDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A mount. `device` is `major:minor` where the kernel tells it; btrfs, overlays and networks have a made-up one."""

    point: str
    kind: str
    source: str
    device: str | None = None


def read_mounts(tree: Tree) -> tuple[Mount, ...]:
    """Give the mounts of the system that are visible: of those on one point the last one."""
    readers = (
        ("proc/self/mountinfo", parse_mountinfo),
        ("proc/1/mountinfo", parse_mountinfo),
        ("proc/mounts", parse_mounts),
        ("proc/self/mounts", parse_mounts),
    )
    for path, parse in readers:
        if text := tree.text(path):
            visible = {mount.point: mount for mount in parse(text) if mount.kind != "autofs"}
            places = ((tree.system_point(point), mount) for point, mount in visible.items())
            return tuple(replace(mount, point=point) for point, mount in places if point is not None)
    return ()


def parse_mountinfo(text: str) -> tuple[Mount, ...]:
    """Read /proc/self/mountinfo; lines that are none are left out."""
    mounts: list[Mount] = []
    for line in text.split("\n"):
        words = line.split(" ")
        try:
            kind, source = words[words.index("-", _FIXED_FIELDS) + 1 :][:2]
        except ValueError:
            continue
        mounts.append(Mount(point=_unescape(words[4]), kind=kind, source=_unescape(source), device=words[2]))
    return tuple(mounts)


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """Read /proc/mounts; lines that are none are left out."""
    lines = (line.split(" ") for line in text.split("\n"))
    return tuple(
        Mount(point=_unescape(point), kind=kind, source=_unescape(source))
        for source, point, kind, *_ in (words for words in lines if len(words) > 3)
    )


def parse_swaps(text: str) -> tuple[str, ...]:
    """Give the devices and files in /proc/swaps; the first line is a heading."""
    return tuple(_unescape(words[0]) for line in text.split("\n")[1:] if (words := line.split()))


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), text)

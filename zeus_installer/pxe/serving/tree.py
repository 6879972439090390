"""The rendered tree that is served: its manifest (docs/pxe.md), and whether a server can read it."""

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.answers.model import Report
from zeus_installer.answers.reader import read_answers
from zeus_installer.pxe.serving.board import Host
from zeus_installer.pxe.serving.dnsmasq import Programs
from zeus_installer.system.errors import UsageError

_MANIFEST: Final = "manifest.json"
_RENDER: Final = "zeus pxe render makes one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree: for which address it was rendered, its hosts, and its boot programs, as paths in it.

    `own` has the files that only one host asks for, with its name.
    """

    directory: Path
    base_url: str
    hosts: Sequence[Host]
    programs: Programs
    own: Mapping[str, str]
    answers: Sequence[str]

    def owner(self, path: str) -> str | None:
        """Give the host that alone asks for this file."""
        return self.own.get(path)

    def reports(self) -> Iterator[Report | None]:
        """Give where each host reports to, by its answers."""
        for name in self.answers:
            yield read_answers(self.directory / name).report


def read_tree(directory: Path) -> Tree:
    """Read the manifest. A directory without one is a `UsageError`."""
    if not directory.is_dir():
        raise UsageError("pxe.tree", f"{directory} is not a directory", hint=_RENDER)
    path = directory / _MANIFEST
    try:
        data = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise UsageError("pxe.tree", f"{directory} is no rendered tree: it has no {_MANIFEST}", hint=_RENDER) from error
    except (OSError, ValueError) as error:
        raise UsageError("pxe.tree", f"{path} cannot be read: {error}", hint=_RENDER) from error
    try:
        hosts = data["hosts"]
        programs = data["programs"]
        return Tree(
            directory=directory.resolve(),
            base_url=data["base_url"].rstrip("/"),
            hosts=[
                Host(name=host["name"], macs=[mac.lower() for mac in host["macs"]], serial=host["serial"])
                for host in hosts
            ],
            programs=Programs(bios=programs["bios"], uefi=programs["uefi"], ipxe=programs["ipxe"]),
            own={file: host["name"] for host in hosts for file in host["files"]},
            answers=[host["answers"] for host in hosts],
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError("pxe.tree", f"{path} is not of this version of Zeus", hint=_RENDER) from error


def check_readable(tree: Tree, user: str) -> None:
    """Refuse a tree that a server, which runs as `user`, could not read: every file of it is for everybody."""
    for path in (*reversed(tree.directory.parents), tree.directory, *_below(tree.directory)):
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise UsageError(
                "pxe.unreadable", f"{path}: {(error.strerror or str(error)).lower()}", hint=_RENDER
            ) from error
        wanted = stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH
        if not mode & wanted:
            hint = f"chmod {'o+x' if stat.S_ISDIR(mode) else 'o+r'} {path}, or put the tree elsewhere, below /srv say"
            raise UsageError("pxe.unreadable", f"{path} cannot be read by {user}, as whom the servers run", hint=hint)


def _below(directory: Path) -> Iterator[Path]:
    for top, directories, files in os.walk(directory):
        yield from (Path(top, name) for name in (*directories, *files))

"""Answers in a folder: of a volume, or of the medium."""

from collections.abc import Sequence

from zeus_installer.answer_sources.names import FOR_ALL, names_of
from zeus_installer.answer_sources.search import LIMIT, Search
from zeus_installer.machine.tree import Tree
from zeus_installer.system.errors import UsageError


def candidates(search: Search) -> Sequence[str]:
    """Give the names of this machine's own answers, and the one of answers for all."""
    return [*names_of(search.identity, search.words), FOR_ALL]


def read_file(tree: Tree, path: str, shown: str) -> bytes | None:
    """Give a plain file below a tree, links inside of it followed; None when there is none."""
    if tree.exists(path) is False:
        return None
    data = tree.data(path, size=LIMIT + 1)
    if data is None:
        raise UsageError("answers.unreadable", f"{shown} cannot be read", hint="is it a file, and whole?")
    if len(data) > LIMIT:
        raise UsageError("answers.too_big", f"{shown} has more than {LIMIT} bytes", hint="is it the right file?")
    return data


def first_of(search: Search, tree: Tree, folder: str, shown: str) -> tuple[str, bytes] | None:
    """Give the name and the content of the first file that is there."""
    for name in candidates(search):
        data = read_file(tree, f"{folder}/{name}".lstrip("/"), f"{shown}/{name}")
        if data is not None:
            return name, data
    return None

"""The add-on starts with what Anaconda's environment has. Anaconda drops one that does not start, without a word."""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What anaconda-core requires (anaconda.spec of 40.22 and 45.21), and what its interfaces do.
ANACONDA = {"pyanaconda", "dasbus", "gi", "pykickstart", "simpleline"}


def imported(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The names that are imported when the module is: not those of functions, nor those for types only."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.If(test=test, body=body, orelse=orelse):
                yield from imported(orelse if ast.unparse(test) == "TYPE_CHECKING" else [*body, *orelse])
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                yield from imported([*body, *orelse, *finalbody])
                yield from imported([inner for handler in handlers for inner in handler.body])
            case ast.ClassDef(body=body):
                yield from imported(body)


def file_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)


def test_the_add_on_needs_nothing_that_anaconda_lacks() -> None:
    to_read = sorted((ROOT / "zeus_installer/addon").rglob("*.py"))
    read: set[Path] = set()
    foreign: set[str] = set()
    assert to_read
    while to_read:
        file = to_read.pop()
        if file in read:
            continue
        read.add(file)
        for name in imported(ast.parse(file.read_text()).body):
            top = name.partition(".")[0]
            if top == "zeus_installer":
                to_read += filter(None, [file_of(name)])
            elif top not in sys.stdlib_module_names:
                foreign.add(top)
    assert foreign - ANACONDA == set()

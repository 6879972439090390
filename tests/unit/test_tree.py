"""Reading below a root: nothing escapes, nothing hangs, nothing raises."""

import os
from pathlib import Path

from tests.unit.machine_trees import Link, plant
from zeus_installer.machine.model import Unread
from zeus_installer.machine.tree import Tree


def test_absolute_links_stay_inside_the_root(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    root = plant(tmp_path / "root", {"secret": "inside", "way": Link("/secret"), "up": Link("../../../secret")})
    tree = Tree(root)
    assert (tree.line("way"), tree.line("up")) == ("inside", "inside")


def test_links_in_a_circle_are_unread(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"one": Link("two"), "two": Link("one"), "self": Link("self/self")}))
    assert tree.text("one", fact="a.fact") is None
    assert tree.text("self") is None
    assert tree.names("one") == ()
    assert tree.unread == (Unread(fact="a.fact", reason="/one: too many symbolic links"),)


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cpuinfo")
    tree = Tree(tmp_path)
    assert tree.text("cpuinfo", fact="cpu.model") is None
    assert tree.unread == (Unread(fact="cpu.model", reason="/cpuinfo: is not a plain file"),)


def test_reasons_tell_missing_from_unreadable(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"file": "text", "directory/": "", "dangling": Link("gone")}))
    for name in ("missing", "file/below", "dangling", "directory"):
        tree.text(name, fact=name)
    assert [unread.reason for unread in tree.unread] == [
        "/missing is not there",
        "/file/below is not there",
        "/dangling is not there",
        "/directory: is a directory",
    ]


def test_a_name_with_a_null_byte_is_no_bug(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    assert (tree.text("a\0b"), tree.names("a\0b"), tree.exists("a\0b"), tree.is_dir("a\0b")) == (None, (), False, False)


def test_text_that_is_no_number_is_noted(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"size": "many\n", "speed": "-1\n", "hex": "ff\n"}))
    assert tree.number("size", fact="disks.sda.size") is None
    assert (tree.number("speed"), tree.number("hex", base=16)) == (-1, 255)
    assert tree.unread == (Unread(fact="disks.sda.size", reason="/size: 'many' is not a number"),)


def test_lines_hold_nothing_for_a_terminal(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"model": b"\x1b[2JEvil\xff disk\n\n", "blank": " \n"}))
    assert tree.line("model") == "[2JEvil\N{REPLACEMENT CHARACTER} disk"
    assert tree.line("blank") is None

"""The ground floor: codec, secrets, events, atomic files, programs."""

import dataclasses
import json
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import UsageError, ZeusError, sentence_list
from zeus_installer.system.events import Event, Kind, Reporter, Result
from zeus_installer.system.files import append_line, link_atomic, write_atomic
from zeus_installer.system.run import run
from zeus_installer.system.secrets import HIDDEN, Secret, redact
from zeus_installer.system.target import Target


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass(frozen=True)
class Leaf:
    colour: Colour
    size: int | None = None
    names: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    by_name: dict[str, Leaf] = dataclasses.field(default_factory=dict)
    secret: Secret | None = None
    choice: str | Leaf = "none"


leaves = st.builds(Leaf, st.sampled_from(Colour), st.none() | st.integers(), st.lists(st.text()).map(tuple))
trees = st.builds(
    Tree,
    st.lists(leaves, max_size=3).map(tuple),
    st.dictionaries(st.text(), leaves, max_size=3),
    st.none() | st.text().map(Secret),
    st.text() | leaves,
)


@given(trees)
def test_plain_data_survives_json(tree: Tree) -> None:
    assert decode(Tree, json.loads(json.dumps(encode(tree)))) == tree


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "leaves is missing"),
        ({"leaves": [{"colour": "green"}]}, "leaves[0].colour is str, not Colour"),
        ({"leaves": [{"colour": "red", "size": "big"}]}, "leaves[0].size is str, not int"),
        ({"leaves": [{"colour": "red", "names": [1]}]}, "leaves[0].names[0] is int, not str"),
        ({"leaves": 5}, "leaves is int, not tuple"),
        ([], "the data is list, not Tree"),
    ],
)
def test_data_of_another_shape_is_named(data: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        decode(Tree, data)
    assert caught.value.message == message


def test_a_secret_never_shows() -> None:
    secret = Secret("hunter2")
    assert f"{secret} {secret!r} {[secret]}" == f"{HIDDEN} {HIDDEN} [{HIDDEN}]"
    assert secret.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("root:$y$j9T$abc/def$ghi:0", f"root:{HIDDEN}:0"),
        ("https://me:pass@host/x", f"https://me:{HIDDEN}@host/x"),
        ("price: 5$ or $6", "price: 5$ or $6"),
    ],
)
def test_redaction(text: str, clean: str) -> None:
    assert redact(text) == clean


def test_events_nest_and_tell_failures() -> None:
    events: list[Event] = []
    reporter = Reporter(events.append, run="r1")
    with pytest.raises(ZeusError), reporter.task("install", "Install") as install:
        install.log("hello $6$salt$hash")
        with install.task("packages", "Packages", total=2, unit="package") as packages:
            packages.progress("xen", done=1, total=2, unit="package")
            raise ZeusError("packages.missing", "no xen", hint="add a repository")
    assert [(event.seq, event.kind, event.path, event.result) for event in events] == [
        (1, Kind.START, "install", None),
        (2, Kind.LOG, "install", None),
        (3, Kind.START, "install/packages", None),
        (4, Kind.PROGRESS, "install/packages", None),
        (5, Kind.FINISH, "install/packages", Result.FAILED),
        (6, Kind.FINISH, "install", Result.FAILED),
    ]
    assert events[1].title == f"hello {HIDDEN}"
    assert all(Event.from_line(event.to_line()) == event for event in events)
    assert events[4].error is not None
    assert events[4].error.hint == "add a repository"


def test_an_event_of_a_later_version_can_be_read() -> None:
    line = '{"time": "t", "run": "r", "seq": 1, "kind": "log", "path": "", "title": "x", "new": 1}'
    assert Event.from_line(line).title == "x"


def test_append_closes_a_torn_line(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text('{"a": 1}\n{"to')
    append_line(journal, '{"b": 2}')
    assert journal.read_text().splitlines() == ['{"a": 1}', '{"to', '{"b": 2}']


def test_atomic_writes_leave_nothing_behind(tmp_path: Path) -> None:
    write_atomic(tmp_path / "file", "one", mode=0o600)
    write_atomic(tmp_path / "file", b"two", mode=0o640)
    link_atomic(tmp_path / "link", "file")
    link_atomic(tmp_path / "link", "elsewhere")
    assert (tmp_path / "file").read_text() == "two"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link").readlink() == Path("elsewhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_a_failed_program_is_a_sentence() -> None:
    with pytest.raises(ZeusError) as caught:
        run(["sh", "-c", "echo out; echo $0 >&2; exit 3", "$6$salt$hash"])
    assert caught.value.message == f"sh -c 'echo out; echo $0 >&2; exit 3' '{HIDDEN}': exit status 3\n  {HIDDEN}"


def test_a_missing_program_is_a_sentence() -> None:
    with pytest.raises(ZeusError, match="no-such-program is not installed"):
        run(["no-such-program"])


def test_a_secret_goes_by_standard_input() -> None:
    assert run(["cat"], stdin="hunter2").stdout == "hunter2"


def test_target_paths_stay_below_the_root(tmp_path: Path) -> None:
    target = Target(tmp_path)
    target.write_atomic("/etc/x/y", "content")
    assert (tmp_path / "etc/x/y").read_text() == "content"
    assert target.read("/etc/x/y") == "content"
    assert target.read("/nowhere") is None
    target.remove("/etc/x")
    assert not target.exists("/etc/x")


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_sentence_list(items: list[str], text: str) -> None:
    assert sentence_list(items) == text


def test_an_interruption_is_no_bug() -> None:
    events: list[Event] = []
    with pytest.raises(SystemExit), Reporter(events.append, run="r").task("install", "Install"):
        raise SystemExit(4)
    assert events[-1].error is not None
    assert (events[-1].error.code, events[-1].error.hint) == ("run.interrupted", "go on with: zeus resume")

"""What was typed is kept for the next console, by one wizard at a time, for root alone."""

import os
from pathlib import Path

import pytest

from zeus_installer.screens.draft import Draft
from zeus_installer.system.codec import Json

INPUTS: dict[str, Json] = {"hostname": "xen1", "disks": ["sda"], "bond": True, "key 0": "ssh-ed25519 ÄÖ"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "run" / "zeus"


def test_what_was_typed_is_there_for_the_next(directory: Path) -> None:
    draft = Draft(directory)
    assert draft.load() == ({}, "")
    assert draft.take() == ""
    draft.save(INPUTS, "network")
    draft.give_up()
    assert Draft(directory).load() == (INPUTS, "network")
    assert (directory / "wizard.json").stat().st_mode & 0o7777 == 0o600


def test_one_at_a_time_writes(directory: Path) -> None:
    first, second = Draft(directory), Draft(directory)
    assert (first.take(), first.take()) == ("", "")
    holder, _, terminal = second.take().partition(" ")
    assert (holder, terminal != "") == (str(os.getpid()), True)
    second.save(INPUTS, "network")
    second.forget()
    assert second.load() == ({}, "")
    first.save(INPUTS, "storage")
    assert second.load() == (INPUTS, "storage")
    second.forget()
    assert second.load() == (INPUTS, "storage")
    first.give_up()
    assert second.take() == ""
    second.forget()
    assert first.load() == ({}, "")


def test_a_dry_run_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    draft = Draft(None)
    assert draft.take() == ""
    draft.save(INPUTS, "network")
    draft.forget()
    draft.give_up()
    assert draft.load() == ({}, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"inputs": {}}', b'{"inputs": 7, "screen": ""}', b"\xff"]
)
def test_what_cannot_be_read_is_nothing(directory: Path, content: bytes) -> None:
    directory.mkdir(parents=True)
    (directory / "wizard.json").write_bytes(content)
    assert Draft(directory).load() == ({}, "")

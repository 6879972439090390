"""The lab's cache: a part is made once, whole or not at all."""

import threading
import time
from pathlib import Path

import pytest

from tests.lab.cache import cache_root, part


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEUS_LAB_CACHE", str(tmp_path / "cache"))


def test_a_part_is_made_once_for_a_key() -> None:
    made: list[Path] = []
    first = part("tree", ["a"], made.append)
    assert part("tree", ["a"], made.append) == first
    assert part("tree", ["b"], made.append) != first
    assert len(made) == 2


def test_a_failed_build_leaves_nothing_and_is_tried_again() -> None:
    def fail(directory: Path) -> None:
        (directory / "half").touch()
        raise RuntimeError("no space")

    with pytest.raises(RuntimeError, match="no space"):
        part("tree", ["a"], fail)
    assert list((cache_root() / "tree").iterdir()) == []
    whole = part("tree", ["a"], lambda directory: (directory / "whole").touch())
    assert [path.name for path in whole.iterdir()] == ["whole"]


def test_two_users_at_once_make_it_once() -> None:
    made: list[Path] = []

    def make(directory: Path) -> None:
        time.sleep(0.2)
        made.append(directory)

    threads = [threading.Thread(target=part, args=("tree", ["a"], make)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_the_newest_two_of_a_name_are_kept() -> None:
    parts = [part("tree", [key], lambda directory: (directory / "file").touch()) for key in "abc"]
    assert [path.exists() for path in parts] == [False, True, True]

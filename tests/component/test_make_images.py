"""`packaging/make-images` as somebody calls it who has not read it."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging/make-images"


def make_images(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, *words], cwd=directory, capture_output=True, text=True, check=False)


def test_a_relative_directory_is_where_one_stands(tmp_path: Path) -> None:
    done = make_images(tmp_path, "out")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/out/product.img\n{tmp_path}/out/updates.img\n")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["product.img", "updates.img"]


def test_help(tmp_path: Path) -> None:
    done = make_images(tmp_path, "--help")
    usage = "usage: packaging/make-images [DIRECTORY]    (without one: build/images of the project)\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, usage, "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["file"], "{0}/file cannot be made a directory\nhint: name another directory\n"),
        (["a", "b"], "one directory is wanted\nhint: packaging/make-images DIRECTORY\n"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "file").touch()
    done = make_images(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"make-images: error: {message.format(tmp_path)}")


def test_without_a_repository(tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    script = tmp_path / "packaging/make-images"
    script.write_text(SCRIPT.read_text())
    done = subprocess.run(["sh", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (f"make-images: error: {tmp_path} is no git repository\nhint: make the images from a clone\n")

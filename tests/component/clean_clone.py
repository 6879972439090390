"""A clean clone of what is here, changes that are not committed included, and what the real scripts build from it."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_COMMIT = {
    "NAME": "test",
    "EMAIL": "test@localhost",
    "DATE": "2026-01-02T03:04:05Z",
}


def run(command: Sequence[str | Path], *, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> str:
    """Run a tool and give its output; one that fails says why."""
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | (environment or {}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_of(tree: Path) -> list[str]:
    """Give the files that are tracked, and those that would be: all but what is ignored."""
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=tree).split("\0")
    return sorted({name for name in listed if name and (tree / name).is_file()})


def commit_all(origin: Path) -> Path:
    """Make a repository that has everything in one commit."""
    for name in files_of(ROOT):
        (origin / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, origin / name)
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _COMMIT.items()}
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "all"]):
        run(["git", *command], cwd=origin, environment=who)
    return origin


def build_all(origin: Path, clone: Path) -> Path:
    """Clone the repository and build in the clone; gives its build directory."""
    run(["git", "clone", "--quiet", origin, clone])
    for script in ("build-rpms", "make-images"):
        run([clone / "packaging" / script], cwd=origin)
    return clone / "build"

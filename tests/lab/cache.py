"""The lab's cache: a part is made once for a key and then only read.

Below `$ZEUS_LAB_CACHE` (else `$XDG_CACHE_HOME/zeus-lab`, else `~/.cache/zeus-lab`) a part `name` lives in
`name/<digest of its key>/`. It appears there by a rename, so that a failed build leaves nothing; a lock keeps a second
builder waiting; the newest few of a name are kept.
"""

import fcntl
import functools
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

KEPT: Final = 2
LAB: Final = Path(__file__).parent


def cache_root() -> Path:
    """The cache's directory, made if need be."""
    named = os.environ.get("ZEUS_LAB_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    root = Path(named) if named else Path(base).expanduser() / "zeus-lab"
    root.mkdir(parents=True, exist_ok=True)
    return root.resolve()


def part(name: str, key: Sequence[str], make: Callable[[Path], None]) -> Path:
    """The directory of part `name` for `key`; made by `make(directory)` if it is not there yet."""
    digest = hashlib.sha256("\0".join(key).encode()).hexdigest()[:16]
    home = cache_root() / name
    wanted = home / digest
    if not wanted.exists():
        home.mkdir(exist_ok=True)
        with locked(cache_root() / f"{name}.lock"):
            if not wanted.exists():
                make_whole(wanted, name, make)
                forget_old(home, keep=wanted)
    return wanted


def make_whole(wanted: Path, name: str, make: Callable[[Path], None]) -> None:
    """Make the part beside its place and move it there when it is whole; says how long it took."""
    began = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=wanted.parent))
    scratch.chmod(0o755)
    try:
        make(scratch)
        scratch.rename(wanted)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    print(f"lab: {name}: {time.monotonic() - began:.1f} s", flush=True)


def forget_old(home: Path, *, keep: Path) -> None:
    """Remove all but the newest parts of a name, and what a killed builder left."""
    newest_first = sorted((path for path in home.iterdir() if path != keep), key=lambda path: -path.stat().st_mtime)
    for number, path in enumerate(newest_first):
        if path.name.startswith(".making-") or number >= KEPT - 1:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file; waits for whoever has it."""
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@functools.cache
def recipe(*names: str) -> str:
    """A digest of files and folders of the lab (names relative to tests/lab): part of the key of what they make."""
    digest = hashlib.sha256()
    for name in names:
        top = LAB / name
        files = sorted(path for path in top.rglob("*") if path.is_file()) if top.is_dir() else [top]
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(LAB)} {file.stat().st_mode & 0o111} ".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()

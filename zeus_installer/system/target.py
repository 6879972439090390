"""The root that is being changed: `/` on a host, `/mnt/sysroot` under Anaconda, a scratch directory in a test."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zeus_installer.system.files import link_atomic, write_atomic
from zeus_installer.system.run import run


@dataclass(frozen=True, slots=True)
class Target:
    """A root directory. Paths given to its methods are absolute, as the finished host will see them."""

    root: Path = Path("/")

    @property
    def is_running_system(self) -> bool:
        """Whether the target is the system that this program runs on."""
        return self.root == Path("/")

    def path(self, path: str | Path) -> Path:
        """Where `path` of the target lies for us."""
        return self.root / Path(path).relative_to("/")

    def exists(self, path: str | Path) -> bool:
        """Whether `path` exists; a dangling link counts, as it does for whoever finds it there."""
        return self.path(path).exists() or self.path(path).is_symlink()

    def read(self, path: str | Path) -> str | None:
        """Give the text of a file, or None when there is no such file."""
        try:
            return self.path(path).read_text(errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write_atomic(self, path: str | Path, content: str | bytes, *, mode: int = 0o644) -> None:
        """Replace a file in one rename; missing parent directories are made."""
        where = self.path(path)
        where.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(where, content, mode=mode)

    def link_atomic(self, path: str | Path, points_to: str) -> None:
        """Make or replace a symbolic link in one rename."""
        where = self.path(path)
        where.parent.mkdir(parents=True, exist_ok=True)
        link_atomic(where, points_to)

    def remove(self, path: str | Path) -> None:
        """Remove a file, a link or a whole directory; what is not there is fine."""
        where = self.path(path)
        if where.is_dir() and not where.is_symlink():
            shutil.rmtree(where)
        else:
            where.unlink(missing_ok=True)

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        stdin: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: float | None = None,
        ok: Sequence[int] = (0,),
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the target, inside it (`chroot` when it is not the running system)."""
        inside: list[str | Path] = [] if self.is_running_system else ["chroot", self.root]
        return run([*inside, *argv], stdin=stdin, environment=environment, timeout=timeout, ok=ok)

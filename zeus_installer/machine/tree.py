"""The only door through which probes read: files, links and directories below one root. It lists what it cannot read.

A recorded tree is a root like any other. Its absolute links stay inside of it, and nothing but plain files is opened
in it: a FIFO would hang, and a device node would tell of the machine that replays instead of the one that was
recorded.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from zeus_installer.machine.model import Unread

# What a probe reads is kilobytes; /boot/config and a cpuinfo of a thousand processors are the largest of it.
_MOST_BYTES = 16 << 20
_MOST_LINKS = 40


class Tree:
    """A root directory. Paths are relative to it (`proc/cpuinfo`); reading never raises, what is missing is None."""

    def __init__(self, root: Path) -> None:
        self._root = str(root.absolute()).rstrip("/")
        self._links: dict[str, str | None] = {}
        self._unread: dict[str, str] = {}

    @property
    def live(self) -> bool:
        """Whether this is the running system itself, which can also be asked by other means than reading files."""
        return not self._root

    def system_point(self, point: str) -> str | None:
        """Give where the system finds what is mounted at `point` here; None when that is not the system's business."""
        return point

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The facts that were noted as unread, in the order of their notes."""
        return tuple(Unread(fact=fact, reason=reason) for fact, reason in self._unread.items())

    def note(self, fact: str, reason: str) -> None:
        """Note that `fact` could not be read. The first reason stays."""
        self._unread.setdefault(fact, reason)

    def data(self, path: str, *, fact: str = "", offset: int = 0, size: int = _MOST_BYTES) -> bytes | None:
        """Give at most `size` bytes of a file, from `offset` on. With `fact`, a failure is noted as its reason."""
        try:
            return self._read(path, offset, size)
        except (OSError, ValueError) as error:
            if fact:
                self.note(fact, _reason(path, error))
            return None

    def text(self, path: str, *, fact: str = "") -> str | None:
        """Give a file as text; bytes that are no UTF-8 are replaced."""
        data = self.data(path, fact=fact)
        return None if data is None else data.decode(errors="replace")

    def line(self, path: str, *, fact: str = "") -> str | None:
        """Give the printable part of a one-line file, or None when nothing is left of it."""
        text = self.text(path, fact=fact)
        return None if text is None else printable(text) or None

    def number(self, path: str, *, base: int = 10, fact: str = "") -> int | None:
        """Give a file that holds one number; a text that is none is None."""
        text = self.line(path, fact=fact)
        value = None if text is None else whole_number(text, base=base)
        if text is not None and value is None and fact:
            self.note(fact, f"/{path}: {text[:40]!r} is not a number")
        return value

    def flag(self, path: str) -> bool | None:
        """Give a file that holds 0 or 1."""
        return {0: False, 1: True}.get(value) if (value := self.number(path)) is not None else None

    def names(self, path: str, *, fact: str = "") -> tuple[str, ...]:
        """Give the sorted names in a directory; a directory that cannot be read has none."""
        try:
            return tuple(sorted(os.listdir(self._host_path(path))))  # noqa: PTH208 - names, not paths, and fast
        except (OSError, ValueError) as error:
            if fact:
                self.note(fact, _reason(path, error))
            return ()

    def is_dir(self, path: str) -> bool:
        """Whether there is such a directory."""
        try:
            return stat.S_ISDIR(os.stat(self._host_path(path)).st_mode)  # noqa: PTH116 - the path is a string
        except (OSError, ValueError):
            return False

    def exists(self, path: str) -> bool | None:
        """Whether there is such a file; None when a directory on the way does not let us look."""
        try:
            os.stat(self._host_path(path))  # noqa: PTH116
        except PermissionError:
            return None
        except (OSError, ValueError):
            return False
        return True

    def real(self, path: str) -> str:
        """Give `path` with every link followed, as a path below the root; `path` itself when a link leads nowhere."""
        try:
            return self._resolve(path)
        except (OSError, ValueError):
            return path

    def _read(self, path: str, offset: int, size: int) -> bytes:
        where = self._host_path(path)
        mode = os.stat(where).st_mode  # noqa: PTH116
        if stat.S_ISDIR(mode):
            raise OSError(errno.EISDIR, "is a directory")
        if not stat.S_ISREG(mode) and not (self.live and stat.S_ISCHR(mode)):
            raise OSError(errno.EINVAL, "is not a plain file")
        descriptor = os.open(where, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            return b"".join(_chunks(descriptor, offset, size))
        finally:
            os.close(descriptor)

    def _host_path(self, path: str) -> str:
        return f"{self._root}/{self._resolve(path)}"

    def _resolve(self, path: str) -> str:
        """Follow links as a kernel would that was chrooted into the root."""
        pending = path.split("/")[::-1]
        done: list[str] = []
        followed = 0
        while pending:
            part = pending.pop()
            if part in ("", "."):
                continue
            if part == "..":
                del done[-1:]
                continue
            points_to = self._readlink("/".join((*done, part)))
            if points_to is None:
                done.append(part)
                continue
            followed += 1
            if followed > _MOST_LINKS:
                raise OSError(errno.ELOOP, "too many symbolic links")
            if points_to.startswith("/"):
                done.clear()
            pending.extend(points_to.split("/")[::-1])
        return "/".join(done)

    def _readlink(self, path: str) -> str | None:
        if path not in self._links:
            try:
                self._links[path] = os.readlink(f"{self._root}/{path}")  # noqa: PTH115
            except OSError:
                self._links[path] = None
        return self._links[path]


def printable(text: str) -> str:
    """Give `text` without what a terminal could take as a command, and without blanks around it."""
    return "".join(character for character in text if character.isprintable()).strip()


def whole_number(text: str, *, base: int = 10) -> int | None:
    """Give the number that `text` is, or None."""
    try:
        return int(text, base)
    except ValueError:
        return None


def _chunks(descriptor: int, offset: int, size: int) -> Iterator[bytes]:
    if offset:
        os.lseek(descriptor, offset, os.SEEK_SET)
    while size > 0 and (chunk := os.read(descriptor, min(size, 1 << 18))):
        yield chunk
        size -= len(chunk)


def _reason(path: str, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"/{path} is not there"
    return f"/{path}: {(getattr(error, 'strerror', None) or str(error)).lower()}"

"""What goes on a medium, before it is written: files by their path there."""

from collections.abc import Iterator
from pathlib import Path


class Stage:
    """Files that are put on a medium, and paths that go away from it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: dict[str, Path] = {}
        self._removed: list[str] = []
        directory.mkdir()

    def put(self, path: str, content: str | bytes, *, mode: int = 0o444) -> None:
        """Put a file on the medium."""
        place = self._directory / str(len(self._files))
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        place.chmod(mode)
        self._files[path] = place

    def put_copy(self, path: str, there: Path) -> None:
        """Put a file or a whole directory on the medium, as it is when the medium is written."""
        self._files[path] = there

    def remove(self, path: str) -> None:
        """Take a file or a whole directory off the medium, before anything is put there."""
        self._removed.append(path)

    def size(self) -> int:
        """How many bytes are put on the medium."""
        places = (file for place in self._files.values() for file in (place, *place.rglob("*")))
        return sum(file.stat().st_size for file in places if file.is_file())

    def changes(self) -> Iterator[str | Path]:
        """Give xorriso's words for it. All of ours belongs to root."""
        for path in self._removed:
            yield from ("-rm_r", path, "--")
        for path, place in self._files.items():
            yield from ("-map", place, path)
        for path in self._files:
            yield from ("-chown_r", "0", path, "--", "-chgrp_r", "0", path, "--")

"""The bytes of an answer file, as somebody names it. What encoding they are in, the XML itself says."""

import sys
from pathlib import Path
from typing import Final

from zeus_installer.system.errors import UsageError

STDIN: Final = Path("-")
_MOST_BYTES: Final = 1 << 22


def read_bytes(path: Path) -> bytes:
    """Read a file, or what comes in (`-`). A `UsageError` says why it cannot be read."""
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with path.open("rb") as stream:
                data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        why = getattr(error, "strerror", None) or "no such file"
        hint = "name an answer file of XCP-ng or XenServer"
        raise UsageError("convert.unreadable", f"{path}: {why}", hint=hint) from error
    if len(data) > _MOST_BYTES:
        raise UsageError("convert.too_long", f"{path}: longer than {_MOST_BYTES >> 20} MiB: this is no answer file")
    return data


def is_xml(text: str) -> bool:
    """Whether this begins as XML does, and neither TOML nor a kickstart."""
    return text.removeprefix("\ufeff").lstrip().startswith("<")

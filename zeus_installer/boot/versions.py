"""The order of versions in file names."""

import re
from typing import Final

_PARTS: Final = re.compile(r"(\d+)|([a-z]+)", re.IGNORECASE)


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """Sort key: numbers count as numbers and come after words, so that `4.20.0` follows `4.20.0-rc1` and `4.9`.

    It is for versions of one package; RPM's own order knows more (epochs, tildes) but not the files.
    """
    parts = tuple((int(number), "") if number else (-1, word) for number, word in _PARTS.findall(version))
    return (*parts, (0, ""))

"""One file of a kickstart and the files that it includes: `python3 -m zeus_installer.kickstart.flatten FILE > OUT`.

What only the installer will have stays an `%include`. (pykickstart's own ksflatten parses, and adds a
`bootloader --location=none` where no bootloader command is.)
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from zeus_installer.kickstart.source import Source, is_about_a_relative_path, read_source
from zeus_installer.system.errors import ZeusError


def flatten(path: Path) -> str:
    """Give the text of the whole. A file that cannot be read is a `UsageError`."""
    return _text(read_source(path))


def main(words: Sequence[str]) -> int:
    """Print the whole, and what cannot be part of it."""
    if len(words) != 1 or words[0] in {"-h", "--help"}:
        asked = len(words) == 1
        (sys.stdout if asked else sys.stderr).write("usage: python3 -m zeus_installer.kickstart.flatten FILE > OUT\n")
        return 0 if asked else 2
    try:
        source = read_source(Path(words[0]))
    except ZeusError as error:
        front = "" if ": error: " in error.message else "zeus: error: "
        sys.stderr.write(f"{front}{error}\n")
        return error.status
    sys.stdout.write(_text(source))
    sys.stderr.write("".join(f"{message}\n" for message in source.messages if not is_about_a_relative_path(message)))
    return 2 if any(message.level == "error" for message in source.messages) else 0


def _text(source: Source) -> str:
    return "".join(line.text for line in source.lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

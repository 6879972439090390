"""Small edits of files that are not ours alone: one setting, or one marked block, all other lines kept."""

import re
from typing import Final

_BEGIN: Final = "# zeus: begin (made by zeus; do not edit)"
_END: Final = "# zeus: end"
_BLOCK = re.compile(rf"^{re.escape(_BEGIN)}\n.*?^{re.escape(_END)}\n", re.MULTILINE | re.DOTALL)


def set_variable(text: str, name: str, value: str) -> str:
    """Set `name=value` in a file of shell variables: the first assignment becomes the only one."""
    pattern = re.compile(rf"^{re.escape(name)}=.*$")
    lines: list[str] = []
    for line in text.splitlines():
        if not pattern.match(line):
            lines.append(line)
        elif f"{name}={value}" not in lines:
            lines.append(f"{name}={value}")
    if f"{name}={value}" not in lines:
        lines.append(f"{name}={value}")
    return "".join(f"{line}\n" for line in lines)


def without_block(text: str) -> str:
    """Give `text` without our block."""
    return _BLOCK.sub("", text)


def with_block(text: str, block: str) -> str:
    """Give `text` with `block` as our only one, at its end."""
    rest = without_block(text)
    newline = "" if not rest or rest.endswith("\n") else "\n"
    return f"{rest}{newline}{_BEGIN}\n{block.rstrip()}\n{_END}\n"

"""/etc/os-release (os-release(5)): assignments in shell syntax, read without a shell."""

import re

from zeus_installer.machine.model import Os
from zeus_installer.machine.tree import Tree, printable

_ASSIGNMENT = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")
_PATHS = ("etc/os-release", "usr/lib/os-release")


def probe_os(tree: Tree) -> Os:
    """Read the first os-release that there is."""
    text = next((text for path in _PATHS if (text := tree.text(path, fact="os.id")) is not None), "")
    values = parse_os_release(text)
    if "ID" not in values:
        tree.note("os.id", "os-release does not name it")
    return Os(
        # os-release(5): without an ID, "linux"; that says nothing, so it stays unknown.
        id=values.get("ID"),
        version_id=values.get("VERSION_ID"),
        name=values.get("PRETTY_NAME") or values.get("NAME"),
        like=tuple(values.get("ID_LIKE", "").split()),
    )


def parse_os_release(text: str) -> dict[str, str]:
    """Give the assignments that can be understood; empty values are left out."""
    matches = (match for line in text.splitlines() if (match := _ASSIGNMENT.match(line.strip())))
    values = ((match[1], printable(_unquote(match[2].strip()))) for match in matches)
    return {name: value for name, value in values if value}


def _unquote(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return re.sub(r"\\(.)", r"\1", value)

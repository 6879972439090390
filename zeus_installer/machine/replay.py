"""A Machine as a file: saved where it was probed, loaded where it is planned for."""

import json
from pathlib import Path

from zeus_installer.machine.model import Machine
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import UsageError
from zeus_installer.system.files import write_atomic

_VERSION = 1
_HINT = "make one with: zeus probe --save FILE"


def to_json(machine: Machine) -> str:
    """Give the machine as JSON, as `zeus probe --json` prints it."""
    return json.dumps(encode(machine), indent=2, ensure_ascii=False) + "\n"


def save(machine: Machine, path: Path) -> None:
    """Write the machine to a file. A place that cannot be written to is a `UsageError`."""
    try:
        write_atomic(path, to_json(machine))
    except OSError as error:
        raise UsageError("machine.unwritable", f"{path}: {(error.strerror or str(error)).lower()}") from error


def load(path: Path) -> Machine:
    """Read what `save` wrote. Anything else is a `UsageError` that names the file and the place in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            "machine.unreadable", f"{path}: {(error.strerror or str(error)).lower()}", hint=_HINT
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError("machine.not_json", f"{path}: not UTF-8 text, at byte {error.start}", hint=_HINT) from error
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError("machine.not_json", f"{path}:{error.lineno}: error: {error.msg}", hint=_HINT) from error
    except (RecursionError, ValueError) as error:
        raise UsageError("machine.not_json", f"{path}: this is not a machine", hint=_HINT) from error
    if isinstance(data, dict) and data.get("version", _VERSION) != _VERSION:
        raise UsageError(
            "machine.version",
            f"{path}: version {data['version']} of the format, this program reads version {_VERSION}",
            hint="probe the machine again with this version of zeus",
        )
    try:
        return decode(Machine, data)
    except UsageError as error:
        raise UsageError("machine.shape", f"{path}: {error.message}", hint=_HINT) from error

"""Settings in files of shell assignments: /etc/default/grub, /etc/sysconfig/kernel. Pure."""

import re
import shlex


def get_setting(text: str, name: str) -> str | None:
    """Give the value that a shell would see: the last assignment, quotes taken off; None when there is none."""
    values = re.findall(rf"^[ \t]*{re.escape(name)}=(.*)$", text, re.MULTILINE)
    return _unquoted(values[-1]) if values else None


def _unquoted(value: str) -> str:
    try:
        words = shlex.split(value, comments=True)
    except ValueError:  # an open quote: the shell would read on; what stands there is all that we can say
        return value.strip()
    return words[0] if words else ""


def with_setting(text: str, name: str, value: str | None) -> str:
    """Give `text` with one assignment of `name`, where the last one stood or at the end; None takes all out."""
    lines = text.splitlines()
    places = [number for number, line in enumerate(lines) if re.match(rf"[ \t]*{re.escape(name)}=", line)]
    assignment = [] if value is None else [f"{name}={shlex.quote(value)}"]
    if places:
        lines[places[-1] : places[-1] + 1] = assignment
    else:
        lines += assignment
    for number in reversed(places[:-1]):
        del lines[number]
    return "".join(f"{line}\n" for line in lines)

"""Screen 5, access: root's password, SSH keys, the time zone. A password is hashed at once and then forgotten."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Constant, Item, Line, Note, Screen, Style, Text, nothing
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines
from zeus_installer.system.secrets import Secret

ZONES: Final = Path("/usr/share/zoneinfo")
_MOST_KEYS: Final = 20


def _strength(desk: Desk) -> Sequence[Line]:
    typed = desk.typed.get("password", "")
    if desk.is_busy("hash"):
        return job_lines(desk.jobs["hash"])
    if not typed:
        known = desk.inputs.get("password_hash")
        return (("good", "a password is set; type a new one to change it"),) if known else ()
    from zeus_installer.host.strength import strength

    found = strength(Secret(typed))
    style: Style = "good" if found.word == "strong" else "warn"
    guess = " (an estimate)" if found.estimate else ""
    return ((style, f"{found.word}{guess}{f': {found.why}' if found.why else ''}"),)


def _repeated(text: str, desk: Desk) -> str:
    return "" if text == desk.typed.get("password", "") else "the two passwords differ"


def _usable(text: str, desk: Desk) -> str:
    if not text and not desk.inputs.get("password_hash") and not desk.inputs.get("key 0"):
        return "give root a password, or an SSH key below: nobody could log in"
    return ""


def _hash(wizard: Wizard, then: Callable[[Wizard], None] = nothing) -> None:
    """Have the password hashed, forget it, and go on with `then`."""
    typed = wizard.desk.typed.get("password", "")
    if not typed or typed != wizard.desk.typed.get("repeated"):
        then(wizard)
        return

    def heard(job: Job, _message: Message) -> None:
        if job.result is not None:
            wizard.desk.inputs["password_hash"] = job.result["hash"]
            wizard.desk.typed.clear()
            wizard.save()
            then(wizard)

    wizard.order("hash", {"password": typed}, title="Hashing the password", heard=heard)


def _keys(desk: Desk) -> Sequence[Item]:
    """Give a line for each SSH key, and one more."""
    last = max((number for number in range(_MOST_KEYS) if desk.inputs.get(f"key {number}")), default=-1)
    return [
        Text(
            name=f"key {number}",
            label="SSH key" if number == 0 else "another one",
            path=f"host.ssh_keys.{number}",
            help="A line of an authorized_keys file: ssh-ed25519 AAAA… name. It may log in as root.",
        )
        for number in range(min(last + 2, _MOST_KEYS))
    ]


def present_zone(desk: Desk) -> str:
    """Give this machine's time zone; nothing is known of another one's."""
    if desk.machine_file is not None:
        return ""
    return str(Path("/etc/localtime").resolve()).partition(f"{ZONES}/")[2]


def _zone(text: str, desk: Desk) -> str:
    return "" if desk.machine_file is not None or not text else _unknown_zone(text)


@cache
def _unknown_zone(text: str) -> str:
    if text in _zones():
        return ""
    import difflib

    near = difflib.get_close_matches(text, _zones(), n=1)
    return f"this system knows no time zone {text}" + (f" (did you mean {near[0]}?)" if near else "")


@cache
def _zones() -> Sequence[str]:
    names = (str(path.relative_to(ZONES)) for path in ZONES.rglob("*") if path.is_file())
    return [name for name in names if not name.startswith(("posix/", "right/"))]


SCREEN: Final = Screen(
    id="access",
    title="Access",
    intro="Who may log in. Root's password is the login of XenAPI clients too; SSH keys alone are none for them.",
    items=(
        Text(name="password", label="Root password", secret=True, check=_usable),
        Text(name="repeated", label="Once more", secret=True, check=_repeated, leave=_hash),
        Note(lines=_strength, beside=True),
        Constant(
            name="password_hash",
            label="",
            path="host.root_password_hash",
            value=lambda desk: desk.inputs.get("password_hash"),
        ),
        _keys,
        Text(name="timezone", label="Time zone", path="host.timezone", check=_zone, default=present_zone),
    ),
    proceed=lambda wizard: _hash(wizard, Wizard.go_on),
)

"""Who may log in as root, and the time zone."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.run import run
from zeus_installer.system.secrets import Secret
from zeus_installer.system.target import Target

_LOCAL_TIME: Final = "/etc/localtime"
_ZONES: Final = "/usr/share/zoneinfo"
_KEYS: Final = "/root/.ssh/authorized_keys"


def has_timezone(target: Target, zone: str) -> bool:
    """Whether local time is that of `zone`."""
    path = target.path(_LOCAL_TIME)
    return path.is_symlink() and str(path.readlink()).endswith(f"{_ZONES}/{zone}")


def set_timezone(target: Target, zone: str) -> None:
    """Make `zone` the local time."""
    if not target.exists(f"{_ZONES}/{zone}"):
        raise ZeusError(
            "identity.timezone",
            f"host.timezone: this system knows no time zone {zone}",
            hint="`timedatectl list-timezones` lists them; package tzdata has them",
        )
    target.link_atomic(_LOCAL_TIME, f"..{_ZONES}/{zone}")


def has_root_password(target: Target, password_hash: Secret) -> bool:
    """Whether root's password is the one with this hash."""
    entries = (line.split(":") for line in (target.read("/etc/shadow") or "").splitlines())
    return any(entry[0] == "root" and entry[1:2] == [password_hash.reveal()] for entry in entries)


def set_root_password(target: Target, password_hash: Secret) -> None:
    """Set root's password by its hash, which only the program's standard input sees."""
    if has_root_password(target, password_hash):
        return
    program = ["chpasswd", "--encrypted", "--root", str(target.root)]
    run(program, stdin=f"root:{password_hash.reveal()}\n", timeout=60)


def has_ssh_keys(target: Target, keys: Sequence[str]) -> bool:
    """Whether every key may log in as root."""
    return set(keys) <= set((target.read(_KEYS) or "").splitlines())


def add_ssh_keys(target: Target, keys: Sequence[str]) -> None:
    """Let the keys log in as root, beside those that may already."""
    present = (target.read(_KEYS) or "").splitlines()
    directory = target.path(_KEYS).parent
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [*present, *(key for key in keys if key not in present)]
    target.write_atomic(_KEYS, "".join(f"{line}\n" for line in lines), mode=0o600)

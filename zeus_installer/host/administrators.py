"""Who can prove to be an administrator of the target with a password: root, and who may become root.

Local accounts only. That an account has expired is not looked at: the clock of a machine that is being installed is not
to be trusted, and to ask for a password too many is the safe side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from zeus_installer.host.passwords import matches
from zeus_installer.system.secrets import Secret
from zeus_installer.system.target import Target

# Fedora's and Debian's groups of who may use sudo for everything.
_GROUPS: Final = ("wheel", "sudo")

# What begins so is no hash: `passwd --lock` puts "!" before one, "*" is an account that never had any.
_LOCKED: Final = ("!", "*")

# DES is the one method of crypt(5) whose hashes begin with no mark: 13 characters (BSDi's begin with "_").
_DES: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrators:
    """The administrators who have a password, by name, and whether root has one.

    A root that is neither locked nor open has a password. Locked is everything that no password opens.
    """

    names: tuple[str, ...] = ()
    root_locked: bool = False
    root_open: bool = False
    readable: bool = True
    hashes: tuple[Secret, ...] = field(default=(), repr=False)

    @property
    def asked(self) -> bool:
        """Whether a password has to be given before anything here is destroyed; where nothing is known, too."""
        return bool(self.names) or not self.readable

    @property
    def shell_without_password(self) -> bool:
        """Whether a root shell is for anybody: root has no password yet (that is not "locked"), nor has anyone else."""
        return self.readable and self.root_open and not self.names

    def admits(self, password: Secret) -> bool:
        """Whether the password is that of any administrator. How long it takes does not tell whose."""
        answers = [matches(password, hashed.reveal()) for hashed in self.hashes]
        return any(answers)


def read_administrators(target: Target) -> Administrators:
    """Read who the administrators of `target` are. Without the right to read the hashes nothing is known."""
    try:
        accounts = _table(target, "/etc/passwd")
        shadow = _table(target, "/etc/shadow")
        groups = _table(target, "/etc/group")
    except OSError:
        return Administrators(readable=False)
    passwords = {name: _password(account, shadow) for name, account in accounts.items()}
    members = set(_members(accounts, groups))
    found = {name: text for name, text in passwords.items() if name in members and _is_hash(text)}
    root = passwords.get("root", "*")
    return Administrators(
        names=tuple(found),
        root_locked=root != "" and not _is_hash(root),
        root_open=root == "",
        hashes=tuple(map(Secret, found.values())),
    )


def _table(target: Target, path: str) -> dict[str, list[str]]:
    """Read a file of lines with colons by name. Of lines with one name the first counts, as in the C library."""
    table: dict[str, list[str]] = {}
    for fields in (line.split(":") for line in (target.read(path) or "").splitlines()):
        if len(fields) > 1:
            table.setdefault(fields[0], fields)
    return table


def _password(account: list[str], shadow: Mapping[str, list[str]]) -> str:
    """Give the field with the password: passwd(5) points to shadow(5) with an "x"; an "x" to nowhere opens nothing."""
    name, text = account[:2]
    return shadow.get(name, [name, "*"])[1] if text == "x" else text


def _members(accounts: Mapping[str, list[str]], groups: Mapping[str, list[str]]) -> Iterable[str]:
    """Give the accounts with root's number, and the members of the groups: by list or as their primary group."""
    yield from (name for name, account in accounts.items() if account[2:3] == ["0"])
    for group in (groups[name] for name in _GROUPS if name in groups):
        yield from (member.strip() for member in "".join(group[3:4]).split(","))
        yield from (name for name, account in accounts.items() if account[3:4] == group[2:3] != [])


def _is_hash(text: str) -> bool:
    """Whether a password may open the account; that our library knows its method is not said."""
    return not text.startswith(_LOCKED) and (text.startswith(("$", "_")) or len(text) == _DES)

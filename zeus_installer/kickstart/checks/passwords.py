"""Passwords that stand in the file for everybody to read."""

from collections.abc import Iterator
from typing import Any, Final

from zeus_installer.answers.formats import PASSWORD_HASH
from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message
from zeus_installer.system.secrets import redact

_HASH: Final = "give its hash with --iscrypted: `mkpasswd` or `openssl passwd -6` make one"
_ASK: Final = "leave it out: whoever installs is asked for it"
_GRUB: Final = "give its hash with --iscrypted: `grub2-mkpasswd-pbkdf2` makes one"


def check_passwords(context: Context) -> Iterator[Message]:
    """Name every clear-text password, and what only claims to be a hash. None of them is shown."""
    for command, entry, attribute, remedy in _entries(context.commands):
        text = getattr(entry, attribute, None)
        if not text:
            continue
        crypted = getattr(entry, "isCrypted", False)
        if not crypted:
            yield context.command(entry.lineno, f"{command}: a password in clear text", remedy)
        elif not _is_hash(text):
            yield context.command(entry.lineno, f"{command}: --iscrypted, but that is no hash of a password", remedy)
    realm = context.commands.realm
    if any(word.startswith("--one-time-password") for word in realm.join_args):
        yield context.command(realm.lineno, "realm join --one-time-password: a password in clear text", "join it later")
    for command, entry, attribute in _addresses(context.commands):
        address = str(getattr(entry, attribute, None) or "")
        if redact(address) != address:
            hint = "use a server that asks for none, or a certificate"
            yield context.command(entry.lineno, f"{command}: a password in clear text, in an address", hint)


def _is_hash(text: str) -> bool:
    # A `!` in front locks the account; GRUB has a form of its own.
    return PASSWORD_HASH.allows(text.lstrip("!")) or text.startswith(("grub.pbkdf2.", "$1$")) or set(text) <= set("!*")


def _entries(commands: Any) -> Iterator[tuple[str, Any, str, str]]:  # noqa: ANN401 - pykickstart has no types
    """Give all that can hold a password: the command, pykickstart's data, the attribute, the remedy."""
    yield "rootpw", commands.rootpw, "password", _HASH
    yield "bootloader --password", commands.bootloader, "password", _GRUB
    yield from (("user --password", user, "password", _HASH) for user in commands.user.userList)
    for entry in commands.sshpw.sshUserList:
        if not entry.sshkey:
            yield "sshpw", entry, "password", _HASH
    storage = (
        ("autopart", [commands.autopart]),
        ("part", commands.partition.partitions),
        ("logvol", commands.logvol.lvList),
        ("raid", commands.raid.raidList),
    )
    for command, entries in storage:
        for entry in entries:
            yield f"{command} --passphrase", entry, "passphrase", _ASK
            yield f"{command} --hw-passphrase", entry, "hw_passphrase", _ASK
    for entry in commands.network.network:
        yield "network --wpakey", entry, "wpakey", "install over a cable"
        yield "network --wepkey", entry, "wepkey", "install over a cable"
    for command in ("rdp", "vnc"):
        if hasattr(commands, command):
            yield f"{command} --password", getattr(commands, command), "password", "give it on the kernel command line"
    for entry in commands.iscsi.iscsi:
        yield "iscsi --password", entry, "password", "let the firmware connect (iBFT)"
        yield "iscsi --reverse-password", entry, "password_in", "let the firmware connect (iBFT)"


def _addresses(commands: Any) -> Iterator[tuple[str, Any, str]]:  # noqa: ANN401 - pykickstart has no types
    for attribute in ("url", "mirrorlist", "metalink", "proxy"):
        yield f"url --{attribute}", commands.url, attribute
    for entry in commands.repo.repoList:
        for attribute in ("baseurl", "mirrorlist", "metalink", "proxy"):
            yield f"repo --{attribute}", entry, attribute

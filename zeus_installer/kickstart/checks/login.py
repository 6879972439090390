"""Whether anybody could log in to the host that comes out."""

from collections.abc import Iterator
from typing import Any, Final

from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message

ADMINISTRATORS: Final = "wheel"


def check_login(context: Context) -> Iterator[Message]:
    """A kickstart that does not ask must say how one gets in: by a password or a key, in the answers or in commands."""
    if context.wanted is None or context.asks or not context.knows("other"):
        return
    host, commands = context.wanted.answers.host, context.commands
    administrators = [user for user in commands.user.userList if ADMINISTRATORS in user.groups]
    names = {"root", *(user.name for user in administrators)}
    ways = (
        host.root_password_hash,
        host.ssh_keys,
        any(_has_password(account) for account in (commands.rootpw, *administrators)),
        any(key.username in names for key in commands.sshkey.sshUserList),
    )
    if not any(ways):
        yield Message(
            place=context.key("host"),
            text=f"nobody could log in: neither root nor a user of the group {ADMINISTRATORS} has a password or a key",
            hint="say root_password_hash or ssh_keys in [host]",
            level="warning",
        )


def _has_password(account: Any) -> bool:  # noqa: ANN401 - pykickstart has no types
    # No password has a hash that begins with one of these (crypt(5)).
    return bool(account.password) and not account.lock and not (account.isCrypted and account.password[0] in "!*")

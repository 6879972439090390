"""Whether anybody could log in to the host that comes out."""

from collections.abc import Iterator

from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message


def check_login(context: Context) -> Iterator[Message]:
    """A kickstart that does not ask must say how one gets in: by a password or a key, in the answers or in commands."""
    if context.wanted is None or context.asks or not context.knows("other"):
        return
    host, commands = context.wanted.answers.host, context.commands
    root = commands.rootpw
    ways = (
        host.root_password_hash,
        host.ssh_keys,
        root.password and not root.lock,
        any(user.password and not user.lock for user in commands.user.userList),
        commands.sshkey.sshUserList,
    )
    if not any(ways):
        yield Message(
            place=context.key("host"),
            text="nobody could log in: no password and no SSH key of root is anywhere",
            hint="say root_password_hash or ssh_keys in [host]",
            level="warning",
        )

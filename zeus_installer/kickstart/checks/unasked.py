"""What an installation that asks nothing must say, as Anaconda would end where its question would be."""

from collections.abc import Iterator

from zeus_installer.kickstart.checks.login import ADMINISTRATORS
from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message


def check_unasked(context: Context) -> Iterator[Message]:
    """Partitions, and who may log in; the network has a default."""
    if context.asks or not context.knows("other"):
        return
    # What is wrong with a command is said elsewhere: here it counts that it is there.
    names = {name for name, command in context.commands.commands.items() if command and command.seen}
    if not names & {"autopart", "btrfs", "logvol", "mount", "part", "partition", "raid"}:
        yield Message(
            place=context.start,
            text="no partitions: nobody is asked, and Anaconda ends where it would ask for them",
            hint="say what dom0 gets: %include dom0-partitions.ks of Zeus's own kickstarts, or part / --size=32768 …",
        )
    users = context.commands.user.userList
    if "rootpw" not in names and not any(ADMINISTRATORS in user.groups for user in users):
        yield Message(
            place=context.start,
            text="neither rootpw nor a user of the group wheel: nobody is asked, and Anaconda ends where it would ask",
            hint="add: rootpw --lock    (with ssh_keys or root_password_hash in [host] of the answers)",
        )
    if "network" not in names:
        yield Message(
            place=context.start,
            text="no network command: the installer has the network of its own command line, or none",
            hint="add: network --bootproto=dhcp --device=link --activate --onboot=yes",
            level="warning",
        )

"""Orders about passwords: `hash` makes one's hash, `administrators` tells whose would count, `admit` compares one."""

from zeus_installer.host.administrators import read_administrators
from zeus_installer.host.passwords import hash_password
from zeus_installer.system.codec import Json
from zeus_installer.system.dumps import forbid_dumps
from zeus_installer.system.secrets import Secret
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order, asked, target


def make_hash(order: Order, _channel: Channel) -> Json:
    """Hash `password` for /etc/shadow."""
    forbid_dumps()
    return {"hash": hash_password(Secret(str(asked(order, "password")))).reveal()}


def administrators(order: Order, _channel: Channel) -> Json:
    """Tell who has a password that would count, and whether one is to be asked for at all."""
    found = read_administrators(target(order))
    return {
        "names": list(found.names),
        "asked": found.asked,
        "readable": found.readable,
        "open": found.shell_without_password,
    }


def admit(order: Order, _channel: Channel) -> Json:
    """Tell whether `password` is that of root or an administrator."""
    forbid_dumps()
    found = read_administrators(target(order))
    return {"admitted": found.admits(Secret(str(asked(order, "password")))), "open": found.shell_without_password}

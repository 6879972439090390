"""What the answers of one machine are called, where the answers of many lie. Pure."""

import re
from collections.abc import Iterator, Sequence

from zeus_installer.answer_sources.words import Words
from zeus_installer.machine.identity import Identity

ENDING = ".toml"
FOR_ALL = "answers.toml"


def names_of(identity: Identity, words: Words) -> Sequence[str]:
    """Give the names in the order in which they are asked for.

    The MAC address of the NIC that the machine was booted from, of its other NICs (`52-54-00-12-34-56.toml`), and its
    serial number, of which only letters, digits and `._-` are kept (`S3Z8NB0K.toml`).
    """
    return list(dict.fromkeys(f"{stem}{ENDING}" for stem in _stems(identity, words)))


def _stems(identity: Identity, words: Words) -> Iterator[str]:
    for mac in (words.boot_mac, *identity.macs):
        if mac is not None:
            # Lower case, with hyphens: that is how pxelinux and GRUB write it too.
            yield mac.lower().replace(":", "-")
    serial = re.sub(r"[^A-Za-z0-9._-]", "", identity.serial or "")
    if serial:
        yield serial

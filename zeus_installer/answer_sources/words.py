"""What the kernel command line says of answers. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zeus_installer.system.errors import UsageError
from zeus_installer.web.places import plain_fingerprint

ANSWERS: Final = "zeus.answers"
SHA256: Final = "zeus.answers_sha256"
FINGERPRINT: Final = "zeus.answers_fingerprint"
POST: Final = "zeus.answers_post"
# Names the NIC that the machine was booted from: pxelinux (IPAPPEND 2), GRUB and iPXE give it.
_BOOTIF: Final = "BOOTIF"
_MAC: Final = re.compile(r"(?:[0-9a-f]{2}[-:])?((?:[0-9a-f]{2}[-:]){5}[0-9a-f]{2})")
_CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that count: addresses, the checksum of the answers, the server's certificate, the NIC of the boot."""

    answers: str | None = None
    sha256: str | None = None
    fingerprint: str | None = None
    post: str | None = None
    boot_mac: str | None = None

    @property
    def pinned(self) -> bool:
        """Whether answers from anywhere can be told from forged ones."""
        return self.sha256 is not None or self.fingerprint is not None


def read_words(command_line: str) -> Words:
    """Read the kernel command line. Of a word that is there twice the last counts, without a value it is not there.

    A checksum or a fingerprint that is none is a `UsageError`: it was meant to protect.
    """
    given = dict(parameters(command_line))
    checksum = given.get(SHA256, "").lower()
    if checksum and not _CHECKSUM.fullmatch(checksum):
        message = f"{SHA256}={given[SHA256]} is no SHA-256 checksum, which has 64 hex digits"
        raise UsageError("answers.checksum", message, hint="sha256sum FILE prints it")
    fingerprint = given.get(FINGERPRINT)
    boot = _MAC.fullmatch(given.get(_BOOTIF, "").lower())
    return Words(
        answers=given.get(ANSWERS) or None,
        sha256=checksum or None,
        fingerprint=plain_fingerprint(fingerprint) if fingerprint else None,
        post=given.get(POST) or None,
        boot_mac=boot[1].replace("-", ":") if boot else None,
    )


def parameters(command_line: str) -> Iterator[tuple[str, str]]:
    """Take the line apart as the kernel does (lib/cmdline.c, next_arg): blanks between double quotes do not divide."""
    for word in re.findall(r'(?:[^\s"]|"[^"]*(?:"|$))+', command_line):
        name, _, value = _unquoted(word).partition("=")
        yield name, _unquoted(value)


def _unquoted(text: str) -> str:
    return text[1:].removesuffix('"') if text.startswith('"') else text

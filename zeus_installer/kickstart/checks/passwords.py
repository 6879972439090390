"""Passwords that stand in the file for everybody to read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from zeus_installer.answers.formats import PASSWORD_HASH
from zeus_installer.kickstart.context import Context, Given
from zeus_installer.kickstart.messages import Message
from zeus_installer.kickstart.source import words_of
from zeus_installer.system.secrets import redact

_HASH: Final = "give its hash with --iscrypted: `mkpasswd` or `openssl passwd -6` make one"
_ASK: Final = "leave it out: whoever installs is asked for it"
_GRUB: Final = "give its hash with --iscrypted: `grub2-mkpasswd-pbkdf2` makes one"
_KERNEL: Final = "give it on the kernel command line"
_CABLE: Final = "install over a cable"
_FIRMWARE: Final = "let the firmware connect (iBFT)"
_LATER: Final = "join it later"
_SERVER: Final = "use a server that asks for none, or a certificate"
_DISK: Final = ((" --passphrase", "passphrase", _ASK), (" --hw-passphrase", "hw_passphrase", _ASK))
# By command: the option, pykickstart's name for its value, and what to do instead.
_VALUES: Final[Mapping[str, Sequence[tuple[str, str, str]]]] = {
    "rootpw": (("", "password", _HASH),),
    "sshpw": (("", "password", _HASH),),
    "bootloader": ((" --password", "password", _GRUB),),
    "user": ((" --password", "password", _HASH),),
    "autopart": _DISK,
    "part": _DISK,
    "partition": _DISK,
    "logvol": _DISK,
    "raid": _DISK,
    "network": ((" --wpakey", "wpakey", _CABLE), (" --wepkey", "wepkey", _CABLE)),
    "rdp": ((" --password", "password", _KERNEL),),
    "vnc": ((" --password", "password", _KERNEL),),
    "iscsi": ((" --password", "password", _FIRMWARE), (" --reverse-password", "password_in", _FIRMWARE)),
}


def check_passwords(context: Context) -> Iterator[Message]:
    """Name every clear-text password, and what only claims to be a hash. None of them is shown."""
    for command in context.given:
        words = words_of(context.source.lines[command.number - 1].text)
        for option, attribute, remedy in _VALUES.get(command.name, ()):
            what = f"{command.name}{option}"
            if why := _why(command.data, attribute, words):
                yield context.command(command.number, f"{what}: {why}", remedy)
        yield from _elsewhere(context, command, words)
    for line in context.source.later:
        include, target = words_of(line.text)[:2]
        if _has_password(target):
            text = f"{include}: a password in clear text, in an address"
            yield Message(place=line.place, text=text, hint=_SERVER)
    yield from _in_answers(context)


def _why(data: Any, attribute: str, words: Sequence[str]) -> str:  # noqa: ANN401 - pykickstart has no types
    """Tell what is wrong with a value, when it stands in the line: pykickstart also keeps those of earlier lines."""
    text = getattr(data, attribute, None)
    if not text or getattr(data, "sshkey", False) or not any(text in word for word in words[1:]):
        return ""
    if not getattr(data, "isCrypted", False):
        return "a password in clear text"
    return "" if _is_hash(text) else "--iscrypted, but that is no hash of a password"


def _is_hash(text: str) -> bool:
    # A `!` in front locks the account; GRUB has a form of its own.
    return PASSWORD_HASH.allows(text.lstrip("!")) or text.startswith(("grub.pbkdf2.", "$1$")) or set(text) <= set("!*")


def _elsewhere(context: Context, command: Given, words: Sequence[str]) -> Iterator[Message]:
    option = ""
    for word in words[1:]:
        option = word.partition("=")[0] if word.startswith("--") else option
        if command.name == "realm" and word.startswith("--one-time-password"):
            yield context.command(command.number, f"realm join {option}: a password in clear text", _LATER)
        if _has_password(word):
            text = f"{command.name} {option}".rstrip() + ": a password in clear text, in an address"
            yield context.command(command.number, text, _SERVER)


def _in_answers(context: Context) -> Iterator[Message]:
    for index, repo in enumerate(context.wanted.answers.packages.repos if context.wanted else ()):
        for name, address in (("baseurl", repo.baseurl), ("gpgkey", repo.gpgkey or "")):
            if _has_password(address):
                text = f"packages.repos[{index}].{name}: a password in clear text, in an address"
                yield Message(place=context.key("packages", "repos", index, name), text=text, hint=_SERVER)


def _has_password(word: str) -> bool:
    return "://" in word and redact(word) != word

"""Who the host is: name, root's password, time zone; and what of it has no counterpart."""

import re
from collections.abc import Callable
from typing import Final

from zeus_installer.convert.document import Element
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.messages import said
from zeus_installer.convert.reading import Reading, attribute
from zeus_installer.system.errors import UsageError
from zeus_installer.system.secrets import Secret

Hasher = Callable[[Secret], Secret]

_ASK_LATER: Final = "!!"
_LOOKS_HASHED: Final = re.compile(r"\$[0-9a-z]{1,5}\$\S+|!!")
# MD5 and DES: what crypt(5) calls not fit for new hashes, and the answers do not take.
_OLD_HASH: Final = re.compile(r"\$1\$.*|[./0-9A-Za-z]{13}")
_NOT_SET: Final = "XCP-ng and XenServer ask for root's password at the first boot, and Zeus leaves it as it is"
_SET_ONE: Final = "say root_password_hash in [host], or rootpw in the kickstart"


def convert_host(reading: Reading, hash_password: Hasher) -> None:
    """Convert `hostname`, `root-password` and `timezone`, and tell what becomes of `keymap`, `service`, `ssh-mode`."""
    draft = reading.draft
    if name := reading.text_of("hostname"):
        draft.set("host.hostname", name.text, name.line)
    _convert_password(reading, hash_password)
    if zone := reading.text_of("timezone"):
        draft.set("host.timezone", zone.text, zone.line)
    else:
        draft.set("host.timezone", "Etc/UTC", reading.root.line)
        draft.note(reading.root.line, "<timezone> is missing: XCP-ng and XenServer take Etc/UTC then")
    _tell_keymap(reading)
    _tell_services(reading)
    _tell_ssh_mode(reading)


def _convert_password(reading: Reading, hash_password: Hasher) -> None:
    draft, element = reading.draft, reading.first("root-password")
    if element is None:
        draft.warning(reading.root.line, f"<root-password> is missing: {_NOT_SET}", _SET_ONE)
        return
    if element.cdata:
        return
    if attribute(element, "type") == "hash":
        _take_hash(reading, element)
        return
    if not attribute(element, "type"):
        if _LOOKS_HASHED.fullmatch(element.text):
            draft.error(
                element.line,
                "<root-password> has no type, so that XCP-ng and XenServer take the text itself as the password, and it"
                " looks like a hash",
                'say type="hash", or type="plaintext" if the text is the password',
            )
            return
        draft.note(element.line, "<root-password> has no type: its text is the password itself, whatever manuals say")
    try:
        hashed = hash_password(Secret(element.text))
    except UsageError as error:
        draft.error(element.line, f"<root-password>: {error.message}", error.hint)
        return
    draft.set("host.root_password_hash", hashed.reveal(), element.line)
    draft.note(element.line, "<root-password> is hashed; the file that it came from still has it in clear text")


def _take_hash(reading: Reading, element: Element) -> None:
    draft, text = reading.draft, element.text
    if text == _ASK_LATER:
        draft.warning(element.line, f'<root-password type="hash"> is "!!": {_NOT_SET}', _SET_ONE)
    elif _OLD_HASH.fullmatch(text):
        draft.error(
            element.line,
            "<root-password> is a hash of an old kind (MD5 or DES), which is not taken over",
            "make a new one with `mkpasswd` or `openssl passwd -6`",
        )
    else:
        draft.set("host.root_password_hash", text, element.line)


def _tell_keymap(reading: Reading) -> None:
    keymap = reading.text_of("keymap")
    if keymap is None:
        return
    say = reading.draft.note if keymap.text == "us" else reading.draft.warning
    say(
        keymap.line,
        f"<keymap> {said(keymap.text)} is not carried over: Zeus leaves the keyboard as it is",
        f"say keyboard {keymap.text} in the kickstart" if keymap.text.isalnum() else "say keyboard in the kickstart",
    )


def _tell_services(reading: Reading) -> None:
    seen: dict[str, int] = {}
    for service in reading.all("service"):
        name, state = attribute(service, "name"), attribute(service, "state")
        if name in seen:
            text = f"service {said(name)} is there twice (line {seen[name]}): XCP-ng and XenServer stop there"
            reading.draft.error(service.line, text)
        elif name and state in ("enabled", "disabled"):
            seen[name] = service.line
            reading.draft.warning(
                service.line,
                f"service {said(name)} is not {state}: Zeus carries no settings of services over",
                f"say services --{state}={name} in the kickstart, if Fedora has it under that name",
            )


def _tell_ssh_mode(reading: Reading) -> None:
    mode = reading.text_of("ssh-mode")
    if mode is None or reading.dialect is not Dialect.XENSERVER:
        return
    word = mode.text.lower()
    if word not in ("on", "off", "auto"):
        reading.draft.warning(mode.line, f"<ssh-mode> is {said(mode.text)}, which XenServer ignores")
    elif word != "on":
        text = f"<ssh-mode> {word} is not carried over: Zeus leaves sshd as it is"
        reading.draft.warning(mode.line, text, "say services --disabled=sshd in the kickstart")

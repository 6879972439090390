"""Answer files of XCP-ng and XenServer as tests write them: a small one that converts, and changes to it."""

import tomllib
from dataclasses import replace
from typing import Any

from zeus_installer.convert.convert import Conversion, Wishes, convert
from zeus_installer.system.secrets import Secret

HASH = "$6$zeusSalt$qMQ5hJdnm2GFHxmQtYbrTQD2KQLXlPAKpfp4pd5TeONzqSp8J2a/Q1rclyBPVU4cxHtnscEJOaGVC1hStHQ1G0"
REPO = {"id": "xapi", "baseurl": "https://packages.example.org/", "gpgkey": "https://packages.example.org/key"}

SOURCE = '<source type="local"/>'
PRIMARY = '<primary-disk guest-storage="no">/dev/disk/by-id/ata-SYS</primary-disk>'
GUEST = "<guest-disk>/dev/disk/by-id/ata-DATA</guest-disk>"
ADMIN = '<admin-interface hwaddr="52:54:00:12:34:56" proto="dhcp"/>'
PASSWORD = f'<root-password type="hash">{HASH}</root-password>'
ZONE = "<timezone>Europe/Prague</timezone>"
WISHES = Wishes(repos=(REPO,))


def installation(*more: str, attributes: str = 'sr-type="ext"', without: str = "", **instead: str) -> str:
    """Give a file, an element a line from line 2 on; `instead` replaces elements, `without` names one to leave out."""
    elements = {
        "source": SOURCE,
        "primary": PRIMARY,
        "guest": GUEST,
        "admin": ADMIN,
        "password": PASSWORD,
        "zone": ZONE,
    } | instead
    lines = [element for name, element in elements.items() if name not in without.split()]
    return "\n".join([f"<installation {attributes}>", *lines, *more, "</installation>", ""])


def hashed(_password: Secret) -> Secret:
    return Secret(HASH)


def converted(text: str | bytes, wishes: Wishes = WISHES, **changes: Any) -> Conversion:
    data = text.encode() if isinstance(text, str) else text
    return convert(data, "host.xml", replace(wishes, **changes), hashed)


def said(conversion: Conversion, *levels: str) -> list[str]:
    """Give the messages of these levels (by default errors and warnings), first lines only."""
    wanted = levels or ("error", "warning")
    return [message.named("f").splitlines()[0] for message in conversion.messages if message.level in wanted]


def data_of(conversion: Conversion) -> dict[str, Any]:
    return tomllib.loads(conversion.text or "")

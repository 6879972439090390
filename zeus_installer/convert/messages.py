"""What there is to say about an XML answer file, by line: errors, warnings and notes."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from zeus_installer.answers.problems import error_line, quoted
from zeus_installer.system.secrets import redact
from zeus_installer.web import places

Level = Literal["error", "warning", "note"]

# More than `redact` hides: in these files a password may have any sign, and it ends at the last @; and a query may be
# a secret as well.
_USER: Final = re.compile(r"(?<=//)\S*@")
_QUERY: Final = re.compile(r"(?<=//)([^\s?]*\?)(?!…)[^\s\"',;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing. `error`: nothing is converted; `warning`: something is lost, changed or to be completed; `note`."""

    line: int
    text: str
    hint: str = ""
    level: Level = "error"

    def named(self, file: str) -> str:
        """Give it as it is printed."""
        front = f"{file}:{self.line}: "
        line = error_line(file, self.line, _without_secrets(self.text), _without_secrets(self.hint))
        return printable(f"{front}{self.level}{line.removeprefix(f'{front}error')}")


def shown(url: str) -> str:
    """Give a URL for people: without what may be a user, a password or a query."""
    scheme, slashes, rest = url.partition("//")
    return cut(places.shown(scheme + slashes + (rest.rpartition("@")[2] if slashes else "")), 200)


def said(text: str) -> str:
    """Give a text of the file in quotes, on one line, and not without end."""
    return quoted(cut(text))


def cut(text: str, longest: int = 60) -> str:
    """Give a text, or its beginning."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def _without_secrets(text: str) -> str:
    return redact(_QUERY.sub(r"\1…", _USER.sub("", text)))


def printable(text: str) -> str:
    """Write out what would work on a terminal, or what no text file can hold."""
    return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text)

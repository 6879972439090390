"""Secrets: text that never prints, and the redaction of text that may hold some."""

import re
from typing import Final

HIDDEN: Final = "********"

_CRYPT_HASH = re.compile(r"\$(?:1|2[abxy]?|5|6|7|y|gy|sha1)\$[^\s:'\",]+")
_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")


class Secret:
    """A text that shows as `********` wherever it is printed, formatted or put into a traceback.

    `reveal()` is the only way to the text; call it where the secret leaves the program for good.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the secret itself."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def redact(text: str) -> str:
    """Hide crypt(5) hashes and passwords inside URLs in `text`, for logs and messages."""
    return _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", _CRYPT_HASH.sub(HIDDEN, text))

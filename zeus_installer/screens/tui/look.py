"""What the terminal can show: UTF-8 or ASCII, colours or none. Chosen from the environment, or forced."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Terminals of a time before UTF-8 and colours; agetty calls every serial line a vt220.
_OLD: Final = ("vt52", "vt100", "vt102", "vt220", "vt320", "dumb", "ansi", "unknown")
_ASCII: Final = str.maketrans({"…": "...", "→": "->"})

# Name, colours (on the terminal's own background: nobody knows which that is), and the attribute without colours.
PALETTE: Final = (
    ("head", "white", "dark blue", "standout"),
    ("focus", "black", "light gray", "standout"),
    ("good", "dark green", "default", "default"),
    ("bad", "light red", "default", "bold"),
    ("warn", "brown", "default", "bold"),
    ("title", "default,bold", "default", "bold"),
    ("dim", "dark cyan", "default", "default"),
    ("label", "default", "default", "default"),
    ("edit", "default,underline", "default", "underline"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the wizard looks on this terminal."""

    ascii: bool
    mono: bool

    def words(self, text: str) -> str:
        """Give a text as the terminal can show it; what would steer the terminal is never in it."""
        text = "".join(char for char in text if char.isprintable() or char in "\n\t")
        return text.translate(_ASCII).encode("ascii", "replace").decode() if self.ascii else text

    @property
    def rule(self) -> str:
        """The character of a horizontal line."""
        return "-" if self.ascii else "─"

    @property
    def box(self) -> Mapping[str, str]:
        """The characters of a box, as urwid's LineBox names them."""
        if not self.ascii:
            return {}
        corners = dict.fromkeys(("tlcorner", "trcorner", "blcorner", "brcorner"), "+")
        return {**corners, "tline": "-", "bline": "-", "lline": "|", "rline": "|"}


def choose_look(environment: Mapping[str, str] = os.environ, *, ascii_only: bool = False, mono: bool = False) -> Look:
    """Choose by TERM, the locale and NO_COLOR; the options force."""
    term = environment.get("TERM", "dumb")
    old = term.startswith(_OLD)
    return Look(
        ascii=ascii_only or old or not _is_utf8(environment, term), mono=mono or old or "NO_COLOR" in environment
    )


def _is_utf8(environment: Mapping[str, str], term: str) -> bool:
    locale = environment.get("LC_ALL") or environment.get("LANG") or ""
    if not locale and term != "linux":
        # Python sets LC_CTYPE by itself (PEP 538): only what the user has said counts.
        coerced = environment.get("LC_CTYPE", "") in ("", "C.UTF-8")
        locale = "" if coerced else environment["LC_CTYPE"]
    elif not locale:
        return True  # the Linux console is in UTF-8 mode since systemd sets it up
    return "utf-8" in locale.lower() or "utf8" in locale.lower()

"""What a terminal sends for a key."""

from typing import Final

_CURSOR: Final = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
_PLAIN: Final = {
    "enter": "\r",
    "tab": "\t",
    "shift-tab": "\x1b[Z",
    "esc": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "page-up": "\x1b[5~",
    "page-down": "\x1b[6~",
}
_LINUX: Final = {
    "home": "\x1b[1~",
    "end": "\x1b[4~",
    **{f"f{number}": f"\x1b[[{letter}" for number, letter in enumerate("ABCDE", 1)},
}
_FUNCTION: Final = {
    **{f"f{number}": f"\x1bO{letter}" for number, letter in enumerate("PQRS", 1)},
    **{f"f{number}": f"\x1b[{code}~" for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
}


def key_bytes(key: str, *, term: str, application: bool) -> bytes:
    """Give the bytes of a key: a name, one character, or either after `ctrl-` or `alt-`.

    `application`: the program switched the cursor keys to their application mode.
    """
    if key.startswith("alt-"):
        return b"\x1b" + key_bytes(key.removeprefix("alt-"), term=term, application=application)
    if key.startswith("ctrl-"):
        return bytes([ord(key.removeprefix("ctrl-").upper()) & 0x1F])
    if term.startswith("linux") and key in _LINUX:
        return _LINUX[key].encode()
    if key in _CURSOR:
        return f"\x1b{'O' if application else '['}{_CURSOR[key]}".encode()
    text = _PLAIN.get(key) or _FUNCTION.get(key) or key
    if len(text) > 1 and text is key:
        raise ValueError(f"no key is called {key!r}")
    return text.encode()

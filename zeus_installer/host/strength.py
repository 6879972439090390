"""How hard a password is to guess, to be shown beside it: by libpwquality as the machine has it set, or estimated."""

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

from zeus_installer.host.passwords import LONGEST
from zeus_installer.system.secrets import Secret

if TYPE_CHECKING:
    import ctypes

LIBRARY: Final = "libpwquality.so.1"

Word = Literal["too weak", "weak", "fair", "strong"]

# pwquality.h
_DICTIONARY_PATH: Final = 10
_DICTIONARY_CHECK: Final = 15
_OWN_TROUBLE: Final = (*range(-8, 0), -23)
_MESSAGE_SIZE: Final = 256

# From which score on. libpwquality's points and the bits of an estimate are read alike.
_WORDS: Final[tuple[tuple[int, Word], ...]] = ((75, "strong"), (50, "fair"), (35, "weak"), (0, "too weak"))

# How many characters there are of a kind; for those beyond ASCII a guess of those that one keyboard has.
_KINDS: Final = ((str.islower, 26), (str.isupper, 26), (str.isdecimal, 10))
_SIGNS: Final = 33
_BEYOND: Final = 64

# cracklib keeps its open dictionary in a static variable.
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How strong a password is. `why` is what libpwquality has against it; an `estimate` knows no dictionary."""

    score: int
    word: Word
    why: str = ""
    estimate: bool = False


def strength(password: Secret) -> Strength:
    """Judge a new password of root; whatever is wrong with libpwquality, there is an answer."""
    text = password.reveal()
    # NUL would end the text for C. Neither can be hashed: `passwords` says so.
    phrase = text.replace("\0", "").encode(errors="replace")[:LONGEST]
    return _judged(phrase) or _estimated(text[:LONGEST])


def _judged(phrase: bytes) -> Strength | None:
    import ctypes

    loaded = _load(LIBRARY)
    if loaded is None:
        return None
    library, settings, dictionary = loaded
    detail = ctypes.c_void_p()
    with _one_at_a_time:
        score: int = library.pwquality_check(settings, phrase, None, b"root", ctypes.byref(detail))
        if score >= 0:
            return Strength(score=score, word=_word(score), estimate=not dictionary)
        buffer = ctypes.create_string_buffer(_MESSAGE_SIZE)
        why: bytes = library.pwquality_strerror(buffer, _MESSAGE_SIZE, score, detail) or b""
    if score in _OWN_TROUBLE:
        return None
    return Strength(score=0, word="too weak", why=why.decode(errors="replace"))


def _word(score: int) -> Word:
    return next(word for least, word in _WORDS if score >= least)


def _estimated(text: str) -> Strength:
    """Estimate bits as if every character were drawn by lot; one that repeats or follows its neighbour adds nothing."""
    kinds = sum(size for of_kind, size in _KINDS if any(map(of_kind, filter(str.isascii, text))))
    kinds += _SIGNS if any(sign.isascii() and not sign.isalnum() for sign in text) else 0
    kinds += 0 if text.isascii() else _BEYOND
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    drawn = len(text) - sum(step in {-1, 0, 1} for step in steps)
    score = min(100, int(drawn * math.log2(kinds))) if text else 0
    return Strength(score=score, word=_word(score), estimate=True)


@cache
def _load(name: str) -> "tuple[ctypes.CDLL, ctypes.c_void_p, bool] | None":
    """Load libpwquality with the machine's settings, and say whether there is a dictionary."""
    import ctypes

    try:
        library = ctypes.CDLL(name)
        defaults, read = library.pwquality_default_settings, library.pwquality_read_config
        check, message = library.pwquality_check, library.pwquality_strerror
    except (OSError, AttributeError):
        return None
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    defaults.restype = pointer
    read.argtypes = [pointer, text, pointer]
    check.argtypes = [pointer, text, text, text, pointer]
    message.argtypes, message.restype = [text, ctypes.c_size_t, ctypes.c_int, pointer], text
    settings = ctypes.c_void_p(defaults())
    if not settings:
        return None
    # A line it cannot read leaves the settings before it, which is better than none.
    read(settings, None, None)
    dictionary = _has_dictionary(library, settings)
    if not dictionary:
        # Every password would fail for want of it, and cracklib would write so across the screen.
        library.pwquality_set_int_value(settings, ctypes.c_int(_DICTIONARY_CHECK), ctypes.c_int(0))
    return library, settings, dictionary


def _has_dictionary(library: "ctypes.CDLL", settings: "ctypes.c_void_p") -> bool:
    """Whether the dictionary is there: that of the settings, else cracklib's own."""
    import ctypes

    path = ctypes.c_char_p()
    library.pwquality_get_str_value(settings, ctypes.c_int(_DICTIONARY_PATH), ctypes.byref(path))
    if not path.value:
        try:
            default = ctypes.CDLL("libcrack.so.2").GetDefaultCracklibDict
        except (OSError, AttributeError):
            return False
        default.restype = ctypes.c_char_p
        path = ctypes.c_char_p(default())
    name = (path.value or b"").decode(errors="surrogateescape")
    words = any(Path(f"{name}.pwd{end}").exists() for end in ("", ".gz"))
    return words and Path(f"{name}.pwi").exists()

"""Hashes of passwords, made and compared by the system's own crypt(5). How good a password is: `strength`."""

import hmac
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.secrets import Secret

if TYPE_CHECKING:
    import ctypes

LIBRARIES: Final = ("libcrypt.so.2", "libcrypt.so.1")

# Best first, with the cost: 0 is the library's own. That of sha512crypt (5000 rounds) is of 2007.
METHODS: Final = ((b"$y$", 0), (b"$6$", 200_000))

# libxcrypt's CRYPT_MAX_PASSPHRASE_SIZE counts the NUL at the end.
LONGEST: Final = 511

# sizeof(struct crypt_data) and CRYPT_GENSALT_OUTPUT_SIZE: part of libxcrypt's ABI.
_CRYPT_DATA: Final = 32768
_SETTING: Final = 192


def hash_password(password: Secret) -> Secret:
    """Hash a password as new ones are: yescrypt, or sha512crypt where the library has no yescrypt."""
    phrase = _phrase(password)
    if problem := _problem(phrase):
        raise UsageError("identity.password", f"the password {problem}", hint="choose another one")
    library = _libcrypt(LIBRARIES)
    settings = (_new_setting(library, prefix, cost) for prefix, cost in METHODS)
    hashed = next((_crypt(library, phrase or b"", setting) for setting in settings if setting), b"")
    if not hashed:
        raise ZeusError(
            "identity.libcrypt", "libcrypt makes neither yescrypt nor sha512crypt hashes", hint="update libxcrypt"
        )
    return Secret(hashed.decode())


def matches(password: Secret, hashed: str) -> bool:
    """Whether this is the password that `hashed` was made of. What is no hash (locked, empty, unknown) is of none."""
    library = _libcrypt(LIBRARIES)
    phrase = _phrase(password)
    if phrase is None or b"\0" in phrase or not hashed or not hashed.isascii():
        return False
    return hmac.compare_digest(_crypt(library, phrase, hashed.encode()), hashed.encode())


def _phrase(password: Secret) -> bytes | None:
    """Give the bytes that were typed; bytes that are no UTF-8 come back as they were. None: nobody can type this."""
    try:
        return password.reveal().encode(errors="surrogateescape")
    except UnicodeEncodeError:
        # Its message and its traceback hold the password.
        return None


def _problem(phrase: bytes | None) -> str:
    if phrase is None or b"\0" in phrase:
        return "has a character that cannot be typed at a login"
    if not phrase:
        return "is empty"
    if b"\n" in phrase or b"\r" in phrase:
        return "has a line break"
    if len(phrase) > LONGEST:
        return f"is longer than {LONGEST} bytes"
    return ""


@cache
def _libcrypt(names: Sequence[str]) -> "ctypes.CDLL":
    """Load libxcrypt: glibc's old libcrypt has no function that several threads may call."""
    import ctypes

    for name in names:
        try:
            library = ctypes.CDLL(name)
            make, crypt = library.crypt_gensalt_rn, library.crypt_rn
        except (OSError, AttributeError):
            continue
        text, number = ctypes.c_char_p, ctypes.c_int
        make.argtypes = [text, ctypes.c_ulong, text, number, text, number]
        crypt.argtypes = [text, text, ctypes.c_void_p, number]
        make.restype = crypt.restype = text
        return library
    raise ZeusError(
        "identity.libcrypt",
        "this system has no libxcrypt (libcrypt.so.2): passwords can be neither hashed nor compared",
        hint="install libxcrypt",
    )


def _new_setting(library: "ctypes.CDLL", prefix: bytes, cost: int) -> bytes:
    """Give a method with fresh salt from the kernel; nothing when the library does not know the method."""
    import ctypes

    setting = ctypes.create_string_buffer(_SETTING)
    made: bytes | None = library.crypt_gensalt_rn(prefix, cost, None, 0, setting, _SETTING)
    return made or b""


def _crypt(library: "ctypes.CDLL", phrase: bytes, setting: bytes) -> bytes:
    """Hash; nothing when `setting` is none. The library wipes what it worked with."""
    import ctypes

    data = ctypes.create_string_buffer(_CRYPT_DATA)
    made: bytes | None = library.crypt_rn(phrase, setting, data, _CRYPT_DATA)
    return made or b""

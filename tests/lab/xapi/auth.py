"""Who may log in over HTTPS: PAM's service `xapi` on a host, a shadow file below a root in tests.

Both call the C libraries, since Python has had neither PAM nor crypt(3) since 3.13.
"""

import ctypes
import ctypes.util
import hmac
import logging
from pathlib import Path
from typing import Any, Protocol

log = logging.getLogger(__name__)

_PAM_PROMPT_ECHO_OFF = 1
_PAM_SUCCESS = 0


class Authenticator(Protocol):
    """Checks passwords."""

    def accepts(self, user: str, password: str) -> bool:
        """Whether this is the user's password."""


class ShadowFile:
    """The hashes of a shadow(5) file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def accepts(self, user: str, password: str) -> bool:
        for line in self._path.read_text(encoding="utf-8").splitlines():
            name, hashed, *_ = line.split(":")
            if name == user:
                return hashed.startswith("$") and hmac.compare_digest(_crypt(password, hashed), hashed)
        return False


def _crypt(password: str, salt: str) -> str:
    library = ctypes.CDLL(ctypes.util.find_library("crypt") or "libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
    return (library.crypt(password.encode(), salt.encode()) or b"").decode()


class _Message(ctypes.Structure):
    _fields_ = (("style", ctypes.c_int), ("text", ctypes.c_char_p))


class _Response(ctypes.Structure):
    _fields_ = (("text", ctypes.c_void_p), ("code", ctypes.c_int))


_CONVERSATION = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_int,
    ctypes.POINTER(ctypes.POINTER(_Message)),
    ctypes.POINTER(ctypes.POINTER(_Response)),
    ctypes.c_void_p,
)


class _Conversation(ctypes.Structure):
    _fields_ = (("function", _CONVERSATION), ("data", ctypes.c_void_p))


class Pam:
    """PAM's service `xapi`. Without its file nobody can log in, as with xapi."""

    def __init__(self, *, directory: Path = Path("/etc/pam.d"), service: str = "xapi") -> None:
        self._directory = directory
        self._service = service

    def accepts(self, user: str, password: str) -> bool:
        if not (self._directory / self._service).exists():
            log.error("PAM has no service %s: %s is missing", self._service, self._directory / self._service)
            return False
        pam = ctypes.CDLL(ctypes.util.find_library("pam") or "libpam.so.0")
        handle = ctypes.c_void_p()
        # Kept in a variable: PAM calls it after this line.
        conversation = _Conversation(_answer_with(password), None)
        started = pam.pam_start_confdir(
            self._service.encode(),
            user.encode(),
            ctypes.byref(conversation),
            str(self._directory).encode(),
            ctypes.byref(handle),
        )
        if started != _PAM_SUCCESS:
            log.error("PAM cannot start the service %s: error %d", self._service, started)
            return False
        status = pam.pam_authenticate(handle, 0) or pam.pam_acct_mgmt(handle, 0)
        pam.pam_end(handle, status)
        return bool(status == _PAM_SUCCESS)


def _answer_with(password: str) -> Any:
    """A conversation function that answers every hidden prompt with the password."""
    libc = ctypes.CDLL(None)
    libc.calloc.restype = ctypes.c_void_p
    libc.strdup.restype = ctypes.c_void_p
    libc.strdup.argtypes = (ctypes.c_char_p,)

    def converse(count: int, messages: Any, responses: Any, _: Any) -> int:
        # PAM frees the answers with free(3): they must come from the C heap.
        block = libc.calloc(count, ctypes.sizeof(_Response))
        responses[0] = ctypes.cast(block, ctypes.POINTER(_Response))
        for number in range(count):
            if messages[number].contents.style == _PAM_PROMPT_ECHO_OFF:
                responses[0][number].text = libc.strdup(password.encode())
        return _PAM_SUCCESS

    return _CONVERSATION(converse)

"""The certificate of the receiver of reports: it signs itself, and machines know it by its fingerprint."""

import contextlib
import hashlib
import os
import re
import ssl
import tempfile
from pathlib import Path
from typing import Final

from zeus_installer.system.errors import UsageError
from zeus_installer.system.files import write_atomic
from zeus_installer.system.run import run

_DAYS: Final = 3650
_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)


def make_certificate(path: Path, name: str) -> str:
    """Write a key and a certificate for an address or a host's name into one file (mode 0600); gives the fingerprint.

    A file that is there already is not replaced: machines may know its certificate.
    """
    if path.exists():
        raise UsageError("pxe.certificate", f"{path} is there already", hint="name another file, or remove it")
    kind = "IP" if re.fullmatch(r"[0-9.]+|[0-9a-fA-F:]+", name) else "DNS"
    if not re.fullmatch(r"[0-9A-Za-z.:-]+", name):
        raise UsageError("pxe.certificate", f"{name} is no address and no host name", hint="write it like 10.0.0.1")
    with tempfile.TemporaryDirectory(prefix="zeus-pxe-") as scratch:
        key, certificate = Path(scratch, "key"), Path(scratch, "certificate")
        run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
                *("-days", str(_DAYS), "-subj", "/CN=zeus-reports", "-addext", f"subjectAltName={kind}:{name}"),
                *("-keyout", key, "-out", certificate),
            ]
        )
        text = key.read_text() + certificate.read_text()
    try:
        write_atomic(path, text, mode=0o600)
    except OSError as error:
        raise UsageError("pxe.certificate", f"{path}: {os.strerror(error.errno or 0).lower()}") from error
    return read_fingerprint(path)


def read_fingerprint(path: Path) -> str:
    """Give the fingerprint (SHA-256, hex) of the certificate in a file; what has none is a `UsageError`."""
    text = ""
    with contextlib.suppress(FileNotFoundError, UnicodeDecodeError, IsADirectoryError):
        text = path.read_text()
    found = _CERTIFICATE.search(text)
    if found is None or "PRIVATE KEY-----" not in text:
        hint = f"zeus pxe certificate {path} makes one"
        raise UsageError("pxe.certificate", f"{path} has no certificate with its key", hint=hint)
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(found[0])).hexdigest()
    except ValueError as error:
        raise UsageError("pxe.certificate", f"the certificate in {path} cannot be read") from error

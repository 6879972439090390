"""What package managers say when something fails, as errors that a person can act on: code, words, remedy."""

import re
from collections.abc import Iterable, Sequence

from zeus_installer.system.errors import ZeusError, sentence_list

_MAX_LINES = 12

_HINTS = {
    "packages.unreachable": "check the address and that this machine reaches it (curl -I), then try again: what is"
    " already downloaded is kept",
    "packages.missing": "check packages.repos and packages.source: does this repository serve this system?",
    "packages.signature": "check that packages.repos names the repository's own key; if it does, trust no such package",
    "packages.disk_full": "make room there and try again: what is already downloaded is kept",
    "packages.dependency": "the repositories do not fit together: check that the vendor's is made for this release",
    "packages.conflict": "remove the installed package that owns the file, or report it to the vendor",
    "packages.damaged": "the repository's copy is broken or its metadata out of date: try again later or name another",
    "packages.scriptlet": "mend what it complains about and say `zeus resume`: the package is then installed again",
    "packages.locked": "wait until the other package manager is done, then say `zeus resume`",
    "packages.transaction": "see the package manager's own words above",
    "packages.key": "packages.repos: gpgkey must be the address of an OpenPGP public key",
    "packages.crashed": "say `zeus resume`: it goes on from here. If it happens again, look into the journal for why",
    "packages.no_backend": "install python3-libdnf5 (Fedora) or python3-dnf (Enterprise Linux)",
}

# rpm's lib/rpmprob.c, librepo's librepo/downloader.c and curl's own words; the first that fits decides.
_SIGNS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("packages.disk_full", re.compile(r"more (space|inodes) (needed )?on the|No space left|Curl error \(23\)")),
    ("packages.scriptlet", re.compile(r"script(let)? failed")),
    ("packages.damaged", re.compile(r"checksum doesn't match|\bBAD\b|does not verify|cpio: |not an rpm package")),
    ("packages.conflict", re.compile(r"conflicts with file from package|conflicts between attempted installs")),
    ("packages.dependency", re.compile(r" is needed by | conflicts with |nothing provides ")),
    ("packages.locked", re.compile(r"can't create transaction lock|Failed to obtain the transaction lock")),
    ("packages.unreachable", re.compile(r"Curl error|Status code: \d|Cannot download|All mirrors were tried|Timeout")),
)


def problem(code: str, message: str) -> ZeusError:
    """Make the error `code` with its remedy."""
    return ZeusError(code, message, hint=_HINTS[code])


def classified(prefix: str, words: str | Iterable[str], *, otherwise: str = "packages.transaction") -> ZeusError:
    """Make the error that a package manager's `words` stand for; `prefix` says what was being done."""
    lines = words.splitlines() if isinstance(words, str) else [line for word in words for line in word.splitlines()]
    said = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    text = "\n".join(said)
    code = next((code for code, sign in _SIGNS if sign.search(text)), otherwise)
    if len(said) == 1:
        return problem(code, f"{prefix}: {said[0]}")
    return problem(code, prefix + ":" + "".join(f"\n  {line}" for line in said[:_MAX_LINES]))


def missing(names: Sequence[str], *, where: Iterable[str]) -> ZeusError:
    """No repository of `where` has the packages `names`."""
    return problem(
        "packages.missing", f"{sentence_list(names)}: not in {sentence_list(sorted(where)) or 'any repository'}"
    )


def scriptlets(failures: Sequence[str], said: Iterable[str]) -> ZeusError:
    """Scriptlets failed; `failures` name them and their packages, `said` is what they printed."""
    output = [line for text in said for line in text.splitlines() if line.strip()]
    tail = "".join(f"\n  {line}" for line in output[-_MAX_LINES:])
    return problem("packages.scriptlet", "; ".join(dict.fromkeys(failures)) + tail)

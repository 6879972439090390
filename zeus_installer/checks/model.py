"""A finding: one verdict, what was seen, and the remedy in words."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`fail` refuses the installation before anything is written."""

    PASS = "pass"  # noqa: S105 - not a password
    WARNING = "warning"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check saw, and what to do about it."""

    id: str
    verdict: Verdict
    seen: str
    remedy: str = ""


def passed(check: str, seen: str) -> Finding:
    """All is well."""
    return Finding(id=check, verdict=Verdict.PASS, seen=seen)


def warning(check: str, seen: str, *, remedy: str) -> Finding:
    """It works, but something will be missing."""
    return Finding(id=check, verdict=Verdict.WARNING, seen=seen, remedy=remedy)


def failed(check: str, seen: str, *, remedy: str) -> Finding:
    """It cannot work."""
    return Finding(id=check, verdict=Verdict.FAIL, seen=seen, remedy=remedy)


def unknown(check: str, seen: str, *, remedy: str = "") -> Finding:
    """It could not be found out."""
    return Finding(id=check, verdict=Verdict.UNKNOWN, seen=seen, remedy=remedy)

"""Findings for people, the worst first. Pure."""

import textwrap
from collections.abc import Iterable

from zeus_installer.checks.model import Finding, Verdict

_ORDER = (Verdict.FAIL, Verdict.WARNING, Verdict.UNKNOWN, Verdict.PASS)
_WORDS = {Verdict.FAIL: "FAIL", Verdict.WARNING: "warning", Verdict.UNKNOWN: "not known", Verdict.PASS: "ok"}
_VERDICT_WIDTH = 10
_ID_WIDTH = 26
_LINE_WIDTH = 100


def render(findings: Iterable[Finding]) -> str:
    """Give each finding with its remedy, as a table of lines."""
    ordered = sorted(findings, key=lambda finding: _ORDER.index(finding.verdict))
    return "".join(f"{line}\n" for finding in ordered for line in _lines(finding))


def _lines(finding: Finding) -> list[str]:
    head = f"{_WORDS[finding.verdict]:<{_VERDICT_WIDTH}}{finding.id:<{_ID_WIDTH}}"
    indent = " " * len(head)
    # What was seen may be a table of its own: its lines stay as they are.
    first, *more = finding.seen.splitlines() or [""]
    lines = _wrap(first, head, indent) + [f"{indent}{line}" for line in more]
    return lines + (_wrap(f"-> {finding.remedy}", indent, f"{indent}   ") if finding.remedy else [])


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, _LINE_WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )

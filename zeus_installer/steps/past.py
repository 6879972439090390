"""What the journal of the plan says of earlier attempts, for the steps that must know. The engine writes it."""

import json
from typing import Final

from zeus_installer.system.target import Target

JOURNAL: Final = "/var/lib/zeus/journal.jsonl"


def steps_marked(target: Target, mark: str) -> set[str]:
    """Give the steps that have `mark` (`begin`, `done`) anywhere in the journal; none when there is no journal."""
    found = set()
    for line in (target.read(JOURNAL) or "").splitlines():
        try:
            entry = json.loads(line)
            if entry["mark"] == mark:
                found.add(entry["step"])
        except (ValueError, KeyError, TypeError):  # a line that a power cut tore
            continue
    return found

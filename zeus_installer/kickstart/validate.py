"""A whole kickstart, before a machine is started with it: pykickstart's rules, ours, and the two against each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from zeus_installer.kickstart.checks import CHECKS
from zeus_installer.kickstart.claims import with_claims
from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message
from zeus_installer.kickstart.parser import Parsed, parse
from zeus_installer.kickstart.sections import ours, sections
from zeus_installer.kickstart.source import read_source
from zeus_installer.kickstart.wanted import read_wanted
from zeus_installer.machine.model import Machine

# What Zeus runs on today.
VERSIONS: Final = ("F44", "F45", "RHEL10")


def validate(path: Path, *, versions: Sequence[str] = VERSIONS, machine: Machine | None = None) -> tuple[Message, ...]:
    """Give all that there is to say, in the order of the lines. A file that cannot be read is a `UsageError`."""
    source = read_source(path)
    found = sections(source)
    parsed = [parse(source, version) for version in versions]
    mine = ours(found)
    commands = parsed[0].handler
    seen = with_claims(machine, commands.ignoredisk.onlyuse) if machine else None
    wanted, about_answers = read_wanted(source, mine[0], seen) if mine else (None, ())
    context = Context(source=source, sections=found, commands=commands, wanted=wanted, machine=machine)
    said = chain(source.messages, _merged(parsed), about_answers, *(check(context) for check in CHECKS))
    return tuple(sorted(dict.fromkeys(said), key=lambda message: message.place.order))


def _merged(parsed: Sequence[Parsed]) -> Iterator[Message]:
    """Give what pykickstart said for each release, once; what does not hold for all of them names its releases."""
    counted = Counter(message for one in parsed for message in dict.fromkeys(one.messages))
    for message, count in counted.items():
        if count == len(parsed):
            yield message
        else:
            releases = ", ".join(one.version for one in parsed if message in one.messages)
            yield replace(message, text=f"{message.text} ({releases})")

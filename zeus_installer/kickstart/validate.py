"""A whole kickstart, before a machine is started with it: pykickstart's rules, ours, and the two against each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from zeus_installer.kickstart.checks import CHECKS
from zeus_installer.kickstart.checks.scripts import system_rule
from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message
from zeus_installer.kickstart.on_machine import choose, dom0_disk, in_installer
from zeus_installer.kickstart.parser import Parsed, parse
from zeus_installer.kickstart.sections import Section, ours, sections
from zeus_installer.kickstart.source import Source, read_source
from zeus_installer.kickstart.wanted import read_wanted
from zeus_installer.machine.model import Machine

# What Zeus runs on today.
VERSIONS: Final = ("F44", "F45", "RHEL10")


def validate(
    path: Path, *, text: str | None = None, versions: Sequence[str] = VERSIONS, machine: Machine | None = None
) -> tuple[Message, ...]:
    """Give all that there is to say, in the order of the lines. A file that cannot be read is a `UsageError`."""
    source = read_source(path, text)
    found = sections(source)
    by_release = {
        version: tuple(_said(source, found, parse(source, version), versions, machine)) for version in versions
    }
    said = chain(source.messages, _merged(by_release))
    return tuple(sorted(dict.fromkeys(said), key=lambda message: message.place.order))


def _said(
    source: Source, found: Sequence[Section], parsed: Parsed, asked: Sequence[str], machine: Machine | None
) -> Iterator[Message]:
    """Give what there is to say for one release."""
    yield from parsed.messages
    mine = ours(found)
    wanted, about_answers = read_wanted(source, mine[0], machine.os if machine else None) if mine else (None, ())
    yield from about_answers
    if machine is not None:
        machine = in_installer(machine)
        rule = system_rule(found)
        dom0, about_rule = dom0_disk(rule, wanted.answers if wanted else None, machine) if rule else (None, ())
        yield from about_rule
        if wanted is not None:
            wanted, about_machine = choose(wanted, machine, parsed.handler, dom0)
            yield from about_machine
    context = Context(
        source=source,
        sections=found,
        release=parsed.version,
        asked=asked,
        commands=parsed.handler,
        given=parsed.given,
        wanted=wanted,
        machine=machine,
    )
    for check in CHECKS:
        yield from check(context)


def _merged(by_release: Mapping[str, Sequence[Message]]) -> Iterator[Message]:
    """Give each message once; one that does not hold for all releases names its own."""
    for message in dict.fromkeys(chain.from_iterable(by_release.values())):
        releases = [release for release, said in by_release.items() if message in said]
        if len(releases) == len(by_release):
            yield message
        else:
            first, newline, rest = message.text.partition("\n")
            yield replace(message, text=f"{first} ({', '.join(releases)}){newline}{rest}")

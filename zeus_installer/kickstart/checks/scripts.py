"""Whether the scripts can run, and whether `zeus_prepare` is called so that it works and that its failure counts."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.on_machine import SystemRule
from zeus_installer.kickstart.prepare import Order, order_of
from zeus_installer.kickstart.scripts import LIBRARY, PREPARE, Command, code_of, preparing, reads_library
from zeus_installer.kickstart.sections import SCRIPTS, Section
from zeus_installer.kickstart.signatures import TRUST, UNCHECKED
from zeus_installer.system.errors import ZeusError

_CR: Final = "line ends of Windows (CR LF): a shell takes the CR for a part of the last word"
_MAKES: Final = re.compile(rf">\s*{re.escape(LIBRARY)}\b")
_START: Final = "%include start.ks of Zeus's own kickstarts before this script"


def check_scripts(context: Context) -> Iterator[Message]:
    """Look at every script, and at those that prepare the installer."""
    yield from _line_ends(context.sections)
    for section in context.sections:
        calls = list(preparing(section)) if section.name == "%pre" else []
        for call in calls:
            yield from _call(context, section, call)
        if calls and "--erroronfail" not in section.words:
            text = f"{PREPARE} in a %pre without --erroronfail: Anaconda would go on after its failure"
            yield Message(place=section.header.place, text=text, hint="write: %pre --erroronfail")
        if calls:
            yield from _signatures(context)


def system_rule(found: Sequence[Section]) -> SystemRule | None:
    """Give the rule for dom0's disk of the first call that has a readable one."""
    for section in found:
        for call in preparing(section) if section.name == "%pre" else ():
            try:
                order = _order(call)
            except ZeusError:
                continue
            if order is not None and order.system_disk is not None:
                return SystemRule(call.place, order.system_disk)
    return None


def _line_ends(found: Sequence[Section]) -> Iterator[Message]:
    """Name the first such line of each file."""
    first: dict[str, Place] = {}
    for section in found:
        # Python takes both kinds of line ends.
        if section.name in SCRIPTS and not any("python" in word for word in section.words):
            for line in section.body:
                if line.text.endswith("\r\n"):
                    first.setdefault(line.place.file, line.place)
    for place in first.values():
        yield Message(place=place, text=_CR, hint=rf"sed -i 's/\r$//' {place.file}")


def _call(context: Context, section: Section, call: Command) -> Iterator[Message]:
    try:
        _order(call)
    except ZeusError as error:
        yield Message(place=call.place, text=error.message, hint=error.hint)
    if not reads_library(section, call.place):
        text = f"{PREPARE} is not known in this script: it is a function of {LIBRARY}"
        yield Message(place=call.place, text=text, hint=f"add the line before it: . {LIBRARY}")
    makers = [one for one in context.sections if one.name == "%pre" and _MAKES.search(code_of(one))]
    if context.knows("other") and not any(one.header.place <= section.header.place for one in makers):
        yield Message(place=call.place, text=f"no script before this one has made {LIBRARY}", hint=_START)


def _order(call: Command) -> Order | None:
    """Read the call; None: the shell puts something into it that nobody can tell before."""
    words = call.words[1:]
    return None if any("$" in word or "`" in word for word in words) else order_of(words)[0]


def _signatures(context: Context) -> Iterator[Message]:
    """On Enterprise Linux `zeus_prepare` refuses what Anaconda would not check (`refuse_unchecked`)."""
    wanted = context.wanted
    if wanted is None or wanted.answers.packages.allow_unsigned or not context.release.startswith("RHEL"):
        return
    only = all(release.startswith("RHEL") for release in context.asked)
    text = f"{UNCHECKED}; {PREPARE} refuses that"
    yield Message(place=context.key("packages"), text=text, hint=TRUST, level="error" if only else "warning")

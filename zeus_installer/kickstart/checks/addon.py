"""Whether our section is there, once and filled in, and whether the kickstart notices when the add-on is not."""

from collections.abc import Iterator
from typing import Final

from zeus_installer.answers.kickstart import ADDON_ID, HEADER
from zeus_installer.answers.problems import nearest
from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.examples import REMEDY, examples
from zeus_installer.kickstart.messages import Message
from zeus_installer.kickstart.scripts import code_of
from zeus_installer.kickstart.sections import Section, ours

# What a script that looks for the add-on, or for what it leaves behind, must name.
_LOOKS: Final = {
    "%pre": (("/run/zeus/addon", ADDON_ID), "that the add-on is on the installer image"),
    "%post": (("zeus/anaconda.json",), "that the add-on has finished"),
}


def check_addon(context: Context) -> Iterator[Message]:
    """Anaconda passes over a section that no add-on takes, and drops an add-on that does not start; both in silence."""
    mine = ours(context.sections)
    near = [section for section in context.sections if section.addon and _near(section.addon)]
    for section in near:
        yield Message(
            place=section.header.place,
            text=f'unknown add-on {section.addon} (did you mean "{ADDON_ID}"?)',
            hint="Anaconda ignores the section of an add-on that it does not have, and says nothing",
        )
    nameless = [section for section in context.sections if section.name == "%addon" and section.addon is None]
    for section in nameless:
        yield Message(place=section.header.place, text="%addon names no add-on", hint=f"write: {HEADER}")
    for section in mine:
        yield from _arguments(section)
    for section in mine[1:]:
        first = mine[0].header.place
        yield Message(
            place=section.header.place,
            text=f"another {HEADER} section; the first is at {first.file}:{first.line}",
            hint="make one section of them",
        )
    if not mine and not near and not nameless and context.knows("answers"):
        yield Message(
            place=context.source.at(1),
            text=f"no {HEADER} section: this installs a plain system",
            hint=f"add {HEADER}, the answers (`zeus schema` describes them), and %end",
        )
    yield from _unguarded(context)
    for key, text in examples(context.wanted.answers) if context.wanted else ():
        yield Message(place=context.key(*key), text=text, hint=REMEDY, level="warning")


def _arguments(section: Section) -> Iterator[Message]:
    """The add-on refuses them in the installer (zeus_installer/addon/service/kickstart.py)."""
    given = " ".join(section.words[2:])
    if given:
        text = f"{HEADER} takes no arguments, and has {given}"
        yield Message(place=section.header.place, text=text, hint="leave that out")


def _near(addon: str) -> bool:
    return addon != ADDON_ID and bool("zeus" in addon.lower() or nearest(addon.lower(), [ADDON_ID]))


def _unguarded(context: Context) -> Iterator[Message]:
    if not ours(context.sections) or not context.knows("other"):
        return
    for kind, (names, what) in _LOOKS.items():
        texts = [code_of(section) for section in context.sections if section.name == kind]
        if not any(name in text for text in texts for name in names):
            yield Message(
                place=context.start,
                text=f"no {kind} script makes sure {what}: a plain system would be installed without it",
                hint="%include the snippets of Zeus's own kickstarts: start.ks and finish.ks",
                level="warning",
            )

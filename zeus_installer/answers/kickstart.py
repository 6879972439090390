"""The answers in a kickstart: the TOML text between `%addon org_xenproject_zeus` and `%end`."""

from collections.abc import Iterable
from typing import Final

from zeus_installer.answers.dump import dump
from zeus_installer.answers.model import Answers

ADDON_ID: Final = "org_xenproject_zeus"
HEADER: Final = f"%addon {ADDON_ID}"
END: Final = "%end"


def section_text(lines: Iterable[tuple[int, str]]) -> str:
    """Give the section's lines (number, text) as a text in which each stands at its own line of the kickstart.

    What `reader.examine` finds wrong in it then has the kickstart's line numbers.
    """
    text: list[str] = []
    for number, line in lines:
        text += ["\n"] * (number - 1 - len(text))
        # pykickstart takes more characters for the end of a line than TOML does: what it has cut is put together again.
        text.append(f"{line}\n" if not line or line.splitlines() == [line] else line)
    return "".join(text)


def section_of(answers: Answers) -> str:
    """Give the section that says `answers`. Secrets stand in it as they are: whoever stores it protects the file."""
    return f"{HEADER}\n{dump(answers)}{END}\n"

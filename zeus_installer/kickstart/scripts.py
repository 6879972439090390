"""What the scripts of a kickstart do, as far as their lines tell: simple commands, without comments."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.kickstart.messages import Place
from zeus_installer.kickstart.sections import Section

LIBRARY: Final = "/run/zeus/kickstart/lib.sh"
PREPARE: Final = "zeus_prepare"
# What stands between two simple commands (POSIX shell, 2.9 and 2.4).
_BETWEEN: Final = frozenset(
    {"&&", "||", ";", ";;", "|", "&", "(", ")", "{", "}", "!", "if", "then", "elif", "else", "while", "until", "do"}
)


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: where it stands, and its words without redirections."""

    place: Place
    words: Sequence[str]


def commands_of(section: Section) -> Iterator[Command]:
    """Give the simple commands of a script in their order."""
    text, place = "", section.header.place
    for line in section.body:
        place = place if text else line.place
        text += line.text.rstrip("\r\n")
        if text.endswith("\\"):
            text = text[:-1]
            continue
        yield from (Command(place, words) for words in _simple(_tokens(text)))
        text = ""


def code_of(section: Section) -> str:
    """Give the lines of a script that are no comments."""
    return "".join(line.text for line in section.body if not line.text.lstrip().startswith("#"))


def preparing(section: Section) -> Iterator[Command]:
    """Give the calls of `zeus_prepare`."""
    return (command for command in commands_of(section) if command.words[0] == PREPARE)


def reads_library(section: Section, before: Place) -> bool:
    """Whether a script reads our functions before a line of it."""
    return any(
        command.words[0] in {".", "source"} and LIBRARY in command.words and command.place <= before
        for command in commands_of(section)
    )


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:  # a quotation that goes on in the next line
        return text.split()


def _simple(tokens: Sequence[str]) -> Iterator[list[str]]:
    words: list[str] = []
    for token in [*tokens, ";"]:
        if token not in _BETWEEN:
            words.append(token)
            continue
        # `name() {` begins a function.
        if words and words[1:2] != ["()"]:
            yield _without_redirections(words)
        words = []


def _without_redirections(words: list[str]) -> list[str]:
    first = next((index for index, word in enumerate(words) if word[:1] in "<>"), None)
    if first is None or first == 0:
        return words
    return words[: first - 1] if words[first - 1].isdigit() and first > 1 else words[:first]

"""The conversion: bytes of an XML answer file to the text of ours, with all that there is to say about it.

A value is held against our own schema before it is written; what is wrong there is said at its line of the XML.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from zeus_installer.answers import lines
from zeus_installer.answers.lines import Path, dotted
from zeus_installer.answers.not_yet import NOT_YET, NotYet
from zeus_installer.answers.problems import Problem
from zeus_installer.answers.reader import check_data
from zeus_installer.convert.document import NotXmlError, parse
from zeus_installer.convert.draft import Draft, Value, path_of, prefixes
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.grammar import check_elements, check_root, choose_dialect
from zeus_installer.convert.hooks import convert_hooks
from zeus_installer.convert.host import Hasher, convert_host
from zeus_installer.convert.messages import Message
from zeus_installer.convert.network import convert_network
from zeus_installer.convert.other import tell_others
from zeus_installer.convert.packages import convert_packages
from zeus_installer.convert.reading import Reading
from zeus_installer.convert.storage import convert_storage
from zeus_installer.convert.toml import render
from zeus_installer.host.passwords import hash_password
from zeus_installer.machine.model import Machine


def _always(_draft: Draft) -> bool:
    return True


def _has_ipv4(draft: Draft) -> bool:
    return draft.get(("network", "management", "ipv4")) != "none"


# What this version refuses and a host can do without: it is written as a comment. All else stays, and `zeus validate`
# refuses the file until somebody decides: a host without its VLAN, say, would not be reached.
_DISPENSABLE: Final[Mapping[Path, Callable[[Draft], bool]]] = {
    ("network", "management", "ntp"): _always,
    ("network", "management", "ipv6"): _has_ipv4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the file does not say. `repos` are tables of `packages.repos`; `checksums` SHA-256 of scripts, by URL."""

    dialect: Dialect | None = None
    machine: Machine | None = None
    repos: Sequence[dict[str, Value]] = ()
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The messages by line, and the answer file (None: there are errors).

    `unfinished`: what has to be completed, with its line; without any, `zeus validate` takes the file as it is.
    """

    messages: tuple[Message, ...]
    text: str | None = field(default=None, repr=False)
    unfinished: tuple[tuple[str, int], ...] = ()
    has_secret: bool = False


def convert(data: bytes, file: str, wishes: Wishes, hasher: Hasher = hash_password) -> Conversion:
    """Convert the bytes of an answer file; `file` is what the result calls it. Pure but for the salt of hashes."""
    try:
        document = parse(data)
    except NotXmlError as error:
        return Conversion(messages=(Message(line=error.line, text=error.message, hint=error.hint),))
    draft = Draft()
    if check_root(document, draft):
        dialect, is_known = choose_dialect(document, draft, wishes.dialect)
        check_elements(document, draft)
        reading = Reading(document=document, draft=draft, dialect=dialect, machine=wishes.machine)
        convert_host(reading, hasher)
        convert_storage(reading, dialect_is_known=is_known)
        convert_network(reading)
        convert_packages(reading, wishes.repos)
        convert_hooks(reading, wishes.checksums)
        tell_others(reading)
        _hold_against_schema(draft)
    messages = tuple(sorted(dict.fromkeys(draft.messages), key=lambda message: message.line))
    if draft.has_errors:
        return Conversion(messages=messages)
    tables = [(dotted(_table_of(path)), line) for path, line in draft.unfinished.items()]
    hooks = [("hooks", hook.line) for hook in draft.hooks if hook.sha256 is None or not hook.is_fetched]
    return Conversion(
        messages=messages,
        text=render(draft, file),
        unfinished=tuple(sorted(dict.fromkeys((*tables, *hooks)), key=lambda item: item[1])),
        has_secret=_has_secret(draft),
    )


def _table_of(path: Path) -> Path:
    """Give the key without what of its value is meant."""
    return tuple(takewhile(lambda part: isinstance(part, str), path))


def _has_secret(draft: Draft) -> bool:
    """Whether the file has a hash, or a URL with a password or with what may be a token."""
    urls = [*(hook.url for hook in draft.hooks), str(draft.get(("packages", "repos")))]
    return draft.get(("host", "root_password_hash")) is not None or any("@" in url or "?" in url for url in urls)


def _hold_against_schema(draft: Draft) -> None:
    data: dict[str, Value] = {**draft.data, **_hooks_to_check(draft)}
    _, problems = check_data(dict(data))
    for problem in problems:
        line = lines.line_of(problem.path, {(): 1, **draft.lines})
        if any(path in draft.unfinished for path in prefixes(problem.path)):
            continue
        refused, dispensable = _refused(problem), _DISPENSABLE.get(problem.path)
        if refused is None:
            draft.error(line, problem.message, problem.hint)
        elif dispensable is not None and dispensable(draft):
            draft.leave_out(dotted(problem.path), draft.drop(problem.path), line, f"{refused.what}: {refused.instead}")
            draft.warning(line, f"{problem.message}; it is written as a comment", problem.hint)
        else:
            draft.to_complete(refused.key, line, f"{refused.what} is refused by this version: {refused.instead}")
            draft.warning(
                line, f"{problem.message}; zeus validate refuses the file as long as it stands there", problem.hint
            )


def _hooks_to_check(draft: Draft) -> dict[str, Value]:
    """Give the hooks that can be fetched; what is not known of them yet is taken for good."""
    hooks = [hook for hook in draft.hooks if hook.is_fetched]
    for index, hook in enumerate(hooks):
        draft.lines["hooks", index] = hook.line
    return {"hooks": [{"stage": hook.stage, "url": hook.url, "sha256": hook.sha256 or "0" * 64} for hook in hooks]}


def _refused(problem: Problem) -> NotYet | None:
    """Give what of our keys the problem is about, when it is one that a later version will not have."""
    return next(
        (entry for entry in NOT_YET if path_of(entry.key) == problem.path and problem.hint == entry.instead), None
    )

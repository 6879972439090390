"""The door of this room: `find_answers`. The sources in their order; the first that has answers counts.

A source that the kernel command line names and that fails is an error, and not passed over: the next one would give
another host than was meant. What may be absent is passed over when it is, and that is written down.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlsplit

from zeus_installer.answer_sources.dhcp import OPTION, address_by_dhcp
from zeus_installer.answer_sources.folders import first_of
from zeus_installer.answer_sources.search import Found, Search
from zeus_installer.answer_sources.servers import HOW_TO_PIN, ask_server, tell_server
from zeus_installer.answer_sources.volumes import LABEL, in_files, labelled, named
from zeus_installer.answer_sources.words import ANSWERS, POST
from zeus_installer.machine.tree import Tree
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.web.places import shown

# The root of the medium in the installer, and our folder there.
MEDIUM: Final = "/run/install/repo/zeus"
NONE: Final = "answers.none"
_NO_SOURCE: Final = "none"

_BY_VOLUME: Final = f"volume {LABEL}"
_BY_DHCP: Final = f"DHCP option {OPTION}"
_BY_MEDIUM: Final = "medium"


def find_answers(search: Search) -> Found:
    """Give the answers of this machine. Without any it is a `UsageError` (`answers.none`).

    What was tried stands in `search.tried` however it ends, the failure of a source with it.
    """
    if search.words.answers == _NO_SOURCE:
        search.note(ANSWERS, "none are wanted")
    else:
        for source in _SOURCES:
            found = source(search)
            if found is not None:
                return found
    hint = f"give {ANSWERS}=https://… on the kernel command line, or a volume labelled {LABEL} with answers.toml"
    raise UsageError(NONE, "there are no answers for this machine, wherever they were looked for", hint=hint)


def _by_command_line(search: Search) -> Found | None:
    url = search.words.answers
    if url is None:
        search.note(ANSWERS, "not on the kernel command line")
        return None
    with _Noting(search, ANSWERS):
        scheme = urlsplit(url).scheme
        if scheme == "hd":
            return named(search, ANSWERS, url)
        if scheme == "file":
            return in_files(search, ANSWERS, unquote(urlsplit(url).path))
        if scheme not in {"http", "https"}:
            hint = "write https://…, hd:LABEL=…:/… or file:///…"
            raise UsageError("answers.address", f"{ANSWERS}={shown(url)} is no place for answers", hint=hint)
        return ask_server(search, ANSWERS, url, named_by_us=True)


def _by_volume(search: Search) -> Found | None:
    with _Noting(search, _BY_VOLUME):
        return labelled(search, _BY_VOLUME)


def _by_dhcp(search: Search) -> Found | None:
    if search.trusted_only and not search.words.pinned:
        search.note(_BY_DHCP, f"not asked: nobody vouches for what comes that way, unless you {HOW_TO_PIN}")
        return None
    with _Noting(search, _BY_DHCP):
        url = address_by_dhcp(search, _BY_DHCP)
        return None if url is None else ask_server(search, _BY_DHCP, url, named_by_us=False)


def _by_post(search: Search) -> Found | None:
    if search.words.post is None:
        search.note(POST, "not on the kernel command line")
        return None
    with _Noting(search, POST):
        return tell_server(search, POST, search.words.post)


def _by_medium(search: Search) -> Found | None:
    with _Noting(search, _BY_MEDIUM):
        found = first_of(search, Tree(search.target.root), MEDIUM.lstrip("/"), MEDIUM)
        if found is None:
            search.note(_BY_MEDIUM, f"no answers in {MEDIUM}")
            return None
        name, data = found
        return search.found(_BY_MEDIUM, data, f"{MEDIUM}/{name}", authenticated=True)


_SOURCES: Final[tuple[Callable[[Search], Found | None], ...]] = (
    _by_command_line,
    _by_volume,
    _by_dhcp,
    _by_post,
    _by_medium,
)


class _Noting:
    """Writes down how a source failed."""

    def __init__(self, search: Search, source: str) -> None:
        self._search = search
        self._source = source

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, ZeusError):
            self._search.note(self._source, error.message.partition("\n")[0])

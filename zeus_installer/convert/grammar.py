"""What can be said of an answer file from the table of elements alone, and which installer it is for."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from zeus_installer.answers.problems import did_you_mean, nearest, one_of
from zeus_installer.convert.document import Document, Element
from zeus_installer.convert.draft import Draft
from zeus_installer.convert.elements import ELEMENTS, ROOTS, Attribute, Dialect, Kind, names_of
from zeus_installer.convert.messages import cut, said
from zeus_installer.convert.reading import kind_of
from zeus_installer.system.errors import sentence_list

_BOOLEANS: Final = frozenset({"yes", "true", "no", "false"})
# Whoever mixes up attribute and text has a password there.
_SECRET: Final = "root-password"  # noqa: S105 - an element's name


def check_root(document: Document, draft: Draft) -> bool:
    """Say why the whole file cannot be converted; whether it can."""
    root = document.root
    if root.name not in ROOTS:
        meant = did_you_mean(_nearest(root.name, tuple(ROOTS)))
        draft.error(
            root.line,
            f"the root is <{cut(root.name)}>, wants <installation>{meant}",
            "name an answer file of XCP-ng or XenServer",
        )
    elif root.name == "restore":
        draft.error(root.line, "<restore> brings an old XCP-ng back: there is nothing of it that Zeus could install")
    elif root.name == "upgrade":
        draft.error(
            root.line,
            '<upgrade> does not upgrade: XCP-ng and XenServer take it as <installation>, whose mode is "fresh"'
            " when it is not given, and that wipes the disk",
            "Zeus upgrades nothing: write <installation> if a fresh host is wanted",
        )
    elif root.attributes.get("mode") == "upgrade":
        draft.error(
            root.line,
            'mode="upgrade" keeps a host\'s settings and guests: an XCP-ng or XenServer cannot become a Fedora host so',
            "move the guests away, and convert an answer file of a fresh installation",
        )
    return not draft.has_errors


def check_elements(document: Document, draft: Draft) -> None:
    """Say what is not known, stands in the wrong place, or does not count."""
    idle = _idle(document)
    for element in document.elements:
        kind = kind_of(element)
        if kind is None:
            meant = did_you_mean(_nearest(element.name, tuple(ELEMENTS)))
            draft.error(element.line, f"unknown element <{cut(element.name)}>{meant}")
        elif kind.dead:
            draft.warning(element.line, f"<{element.name}> is read by no installer of today, and is left out")
        elif kind.within and not _is_within(element, kind.within, document):
            draft.error(element.line, f"<{element.name}> counts only inside <{kind.within}>")
        elif element.place in idle:
            draft.warning(element.line, f"<{element.name}> does not count{idle[element.place]}")
        else:
            _check_content(element, kind, draft)
            _check_attributes(element, kind, draft)
    for name in ("primary-disk", "admin-interface"):
        if not document.find(name):
            draft.error(document.root.line, f"<{name}> is missing: the installers want it, and so does Zeus")


def choose_dialect(document: Document, draft: Draft, named: Dialect | None) -> tuple[Dialect, bool]:
    """Tell whose installer the file is for, and whether that is known: by option, or by what only one of them reads."""
    signs = list(_signs(document))
    seen = sorted({dialect for dialect, _, _ in signs})
    chosen = named or (seen[0] if len(seen) == 1 else Dialect.XCP_NG)
    if named is None and len(seen) > 1:
        words = [f"{what} (line {line}) is {dialect.product}'s alone" for dialect, line, what in _one_of_each(signs)]
        draft.error(document.root.line, sentence_list(words), "say for which of them: --dialect xcp-ng | xenserver")
    for dialect, line, what in signs:
        if dialect is not chosen and (named or len(seen) == 1):
            draft.warning(line, f"{what} does not count: {chosen.product} does not read it")
    return chosen, bool(named or seen)


def _signs(document: Document) -> Iterator[tuple[Dialect, int, str]]:
    for element in document.elements:
        kind = kind_of(element)
        if kind is None:
            continue
        if kind.only:
            yield kind.only, element.line, f"<{element.name}>"
        for name, attribute in kind.attributes.items():
            if attribute.only and element.attributes.get(name):
                yield attribute.only, element.line, f"{name} of <{element.name}>"


def _one_of_each(signs: list[tuple[Dialect, int, str]]) -> Iterator[tuple[Dialect, int, str]]:
    for dialect in Dialect:
        yield from [sign for sign in signs if sign[0] is dialect][:1]


def _idle(document: Document) -> Mapping[int, str]:
    """Give the places of elements that do not count because another one does, and which one that is."""
    idle: dict[int, str] = {}
    for name, kind in ELEMENTS.items():
        if kind.many or kind.new or kind.dead:
            continue
        parents = document.find(kind.within) if kind.within else (document.root,)
        found = [element for parent in parents for element in document.find(*names_of(name), inside=parent)]
        counting = found[:1] if not parents or any(parents[0].place in element.inside for element in found[:1]) else []
        for element in found:
            if element not in counting:
                idle[element.place] = f": line {counting[0].line} has the one that does" if counting else ""
    return idle


def _is_within(element: Element, name: str, document: Document) -> bool:
    return any(document.elements[place].name == name for place in element.inside)


def _check_content(element: Element, kind: Kind, draft: Draft) -> None:
    if element.cdata:
        draft.error(
            element.line,
            f"<{element.name}> has a CDATA section, which the installers do not read",
            "write it as plain text, with &amp; for & and &lt; for <",
        )
    if element.text and not kind.text:
        draft.warning(element.line, f"the text in <{element.name}> means nothing, and is left out")


def _check_attributes(element: Element, kind: Kind, draft: Draft) -> None:
    where = f"of <{element.name}>"
    for name, value in element.attributes.items():
        known = kind.attributes.get(name)
        if known is None and not name.startswith(("xmlns", "xml:", "xsi:")):
            meant = did_you_mean(_nearest(name, tuple(kind.attributes)))
            draft.error(element.line, f"unknown attribute {cut(name)} {where}{meant}")
        elif known is None:
            continue
        elif known.dead:
            draft.warning(element.line, f"{name} {where} is read by no installer of today, and is left out")
        elif known.new and element.attributes.get(known.new):
            draft.warning(element.line, f"{name} {where} does not count: {known.new} does")
        elif value:
            _check_value(name, value, known, element, draft)
    for name, known in kind.attributes.items():
        if known.required and not element.attributes.get(name):
            draft.error(element.line, f"{name} {where} is missing: XCP-ng and XenServer stop there")


def _check_value(name: str, value: str, known: Attribute, element: Element, draft: Draft) -> None:
    named = f"{name} of <{element.name}>" if element.name == _SECRET else f"{name}={said(value)} of <{element.name}>"
    if known.boolean and value.lower() not in _BOOLEANS:
        draft.warning(element.line, f"{named} counts as false: only yes and true are true")
    elif known.choices and value not in known.choices:
        meant = did_you_mean(_nearest(value, known.choices))
        draft.error(element.line, f"{named}: XCP-ng and XenServer stop there, they want {one_of(known.choices)}{meant}")


@cache
def _nearest(word: str, known: tuple[str, ...]) -> str:
    return nearest(cut(word).lower(), known)

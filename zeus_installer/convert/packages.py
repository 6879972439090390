"""Where packages come from: nothing of it is carried over, as XCP-ng's repositories make no Fedora host."""

from collections.abc import Sequence

from zeus_installer.convert.document import Element
from zeus_installer.convert.draft import Value
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.messages import shown
from zeus_installer.convert.reading import Reading, attribute, is_true

_KEY = "packages.repos"


def convert_packages(reading: Reading, repos: Sequence[dict[str, Value]]) -> None:
    """Tell of `source` and `driver-source`, and set the repositories that the operator named."""
    draft = reading.draft
    for element in (reading.root, *reading.all("source")):
        _tell_unchecked(reading, element)
    sources, root = reading.all("source"), reading.root
    for source in sources:
        text = f"<source> {_what(source)} is not carried over: it holds no packages for Fedora"
        draft.warning(source.line, f"{text}{_login(source)}")
    for source in reading.all("driver-source"):
        text = f"<driver-source> {_what(source)} is not carried over: its drivers are for another kernel"
        draft.warning(source.line, f"{text}{_login(source)}")
    if not sources:
        draft.warning(root.line, "<source> is missing: XCP-ng and XenServer stop there, and Zeus does not need it")
    for drivers in reading.all("selected-multiversion-drivers"):
        text = "<selected-multiversion-drivers> is not carried over: Fedora's kernel has its own drivers"
        draft.warning(drivers.line, text)
    line = sources[0].line if sources else root.line
    if repos:
        draft.set(_KEY, list(repos), line)
        return
    why = "name the repositories with Xen and XenAPI for this system"
    draft.to_complete(_KEY, line, why)
    draft.warning(line, f"packages.repos is to be completed: {why}", "or convert with --repo ID=URL --gpgkey URL")


def _what(source: Element) -> str:
    kind = attribute(source, "type")
    return "the install disc" if kind == "local" or not source.text else shown(source.text)


def _login(source: Element) -> str:
    return "; neither are its user and password" if "@" in source.text.partition("//")[2] else ""


def _tell_unchecked(reading: Reading, element: Element) -> None:
    for name in ("repo-gpgcheck", "gpgcheck") if reading.dialect is Dialect.XCP_NG else ():
        if attribute(element, name) and not is_true(element, name, default=True):
            reading.draft.warning(
                element.line,
                f"{name} of <{element.name}> is false, and is not carried over: Zeus checks every signature",
                "unsigned packages need allow_unsigned = true in [packages]",
            )

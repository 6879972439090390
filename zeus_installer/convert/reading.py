"""An answer file as its installers read it (xcp/xmlunwrap.py of xenserver/python-libs), with our messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from zeus_installer.convert.document import Document, Element
from zeus_installer.convert.draft import Draft
from zeus_installer.convert.elements import ELEMENTS, ROOTS, Dialect, Kind, names_of
from zeus_installer.convert.messages import said
from zeus_installer.machine.model import Machine

# Whatever the case. `1`, `on` and `y` are false.
_TRUE = frozenset({"yes", "true"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document, whose installer it is for, and the draft that it becomes. `machine`: the one it will be used on."""

    document: Document
    draft: Draft
    dialect: Dialect
    machine: Machine | None = None

    @property
    def root(self) -> Element:
        """The root."""
        return self.document.root

    def first(self, name: str, inside: Element | None = None) -> Element | None:
        """Give the element that counts, under its own or its old name."""
        return next(iter(self.all(name, inside)), None)

    def all(self, name: str, inside: Element | None = None) -> Sequence[Element]:
        """Give all elements of a name, old names included, in the installers' order."""
        return self.document.find(*names_of(name), inside=inside)

    def text_of(self, name: str) -> Element | None:
        """Give the element that counts, if it says anything. An empty one is named."""
        element = self.first(name)
        if element is not None and not element.text:
            self.draft.warning(element.line, f"<{element.name}> is empty, and counts as if it were not there")
            return None
        return element


def kind_of(element: Element) -> Kind | None:
    """Give what is known of an element; None: nothing."""
    return ROOTS.get(element.name) if element.place == 0 else ELEMENTS.get(element.name)


def attribute(element: Element, name: str) -> str:
    """Give an attribute under its own or its old name. An empty one counts as absent."""
    kind = kind_of(element)
    known = kind.attributes if kind else {}
    old = [other for other, attribute in known.items() if attribute.new == name]
    return next((value for other in (name, *old) if (value := element.attributes.get(other, ""))), "")


def is_true(element: Element, name: str, *, default: bool) -> bool:
    """Judge an attribute by the installers' rule."""
    value = attribute(element, name)
    return value.lower() in _TRUE if value else default


def show(element: Element, name: str) -> str:
    """Give an attribute as the file has it: `name="eth0"`."""
    return f"{name}={said(attribute(element, name))}"

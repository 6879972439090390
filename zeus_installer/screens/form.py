"""What a screen is made of: fields, notes, buttons. Plain data, no terminal: `tui` and `plain` both show it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from zeus_installer.checks.model import Finding
from zeus_installer.machine.model import Machine
from zeus_installer.screens.desk import Desk
from zeus_installer.system.codec import Json

if TYPE_CHECKING:
    from zeus_installer.answers.model import Answers
    from zeus_installer.screens.wizard import Wizard

Style = Literal["", "good", "bad", "warn", "title", "dim"]
# A line of text: its style and its words. Lines are wrapped where the terminal ends, as far in as they begin; what is
# before a tab stands in a column of its own.
Line = tuple[Style, str]


def nothing(_wizard: "Wizard") -> None:
    """Do nothing."""


def always(_desk: Desk) -> bool:
    """Say that a field is there whatever else is chosen."""
    return True


def accepted(_text: str, _desk: Desk) -> str:
    """Say that the schema's own rules are all that holds for a field."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something to fill in. `path` is the key of the answers that it sets (`storage.sr_type`); without, it sets none.

    `name` is its own among all fields: what is typed is kept by it, also while `visible_when` hides it.
    """

    name: str
    label: str
    path: str = ""
    help: str = ""
    visible_when: Callable[[Desk], bool] = always


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """A line of text. `many`: several values between commas; `number`: a whole number; `required`: it goes into the
    answers even when it is empty, so that the schema says what is wanted.

    `secret` text is hidden, and kept in memory only (`Desk.typed`), never among the inputs. `check` gives what is wrong
    beyond the schema's rules. `default` stands there at first; `leave` is called when the operator goes on to another.
    """

    many: bool = False
    number: bool = False
    required: bool = False
    secret: bool = False
    check: Callable[[str, Desk], str] = accepted
    default: Callable[[Desk], str] | None = None
    leave: Callable[["Wizard"], None] = nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of a choice: `value` goes into the answers (None: nothing), `note` is one plain sentence on it."""

    key: str
    label: str
    note: str = ""
    value: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a few options; the first one when nothing was chosen."""

    options: Callable[[Desk], Sequence[Option]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle(Field):
    """Yes or no. `value` goes into the answers for a yes."""

    value: Json = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thing of the machine that can be picked. `why_not`: it cannot, for this reason; it is shown all the same.

    `more` is a second line on it; `doomed`: to pick it destroys what that line tells.
    """

    key: str
    cells: tuple[str, ...]
    more: str = ""
    value: Json = None
    why_not: str = ""
    doomed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick(Field):
    """One (or `many`) of the rows; `value`s of those picked go into the answers. `heads` are the columns' names.

    `required` says what is wrong when none is picked: the answers' own default would choose where nobody did.
    """

    rows: Callable[[Desk], Sequence[Row]]
    heads: tuple[str, ...] = ()
    many: bool = False
    required: str = ""
    default: Callable[[Desk], Sequence[str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Field):
    """A key of the answers that follows from other fields; nothing is shown of it."""

    value: Callable[[Desk], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Text that may change while the screen is shown. `beside`: it is about the field above it."""

    lines: Callable[[Desk], Sequence[Line]]
    beside: bool = False
    visible_when: Callable[[Desk], bool] = always


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to do beside going on and back."""

    label: str
    press: Callable[["Wizard"], None]
    help: str = ""
    visible_when: Callable[[Desk], bool] = always


Item = Text | Choice | Toggle | Pick | Constant | Note
Items = Sequence[Item | Callable[[Desk], Sequence[Item]]]


def not_blocked(_desk: Desk) -> str:
    """Say that nothing keeps the operator from going on."""
    return ""


def _next(wizard: "Wizard") -> None:
    wizard.go_on()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen. `blocked` says why the operator cannot go on yet; `enter` starts what has to run meanwhile.

    `judge` holds the answers against the machine, once they are good by themselves: a failing verdict keeps the
    operator here. `proceed` is what the first button does, `forward` its label; without a label there is none.
    `results` are those of jobs that hold only as long as nothing here is changed.
    """

    id: str
    title: str
    items: Items
    intro: str = ""
    buttons: Sequence[Button] = ()
    forward: str = "Continue"
    proceed: Callable[["Wizard"], None] = _next
    blocked: Callable[[Desk], str] = not_blocked
    judge: Callable[[Machine, "Answers"], Finding] | None = None
    enter: Callable[["Wizard"], None] = nothing
    can_go_back: bool = True
    visible_when: Callable[[Desk], bool] = always
    results: tuple[str, ...] = ()

    def shown(self, desk: Desk) -> Iterator[Item]:
        """Give the items that are there for what is chosen now."""
        for entry in self.items:
            for item in entry(desk) if callable(entry) else (entry,):
                if item.visible_when(desk):
                    yield item

    def fields(self, desk: Desk) -> Iterator[Field]:
        """Give the fields among them."""
        return (item for item in self.shown(desk) if isinstance(item, Field))


SHOWN_FIELDS: Final = (Text, Choice, Toggle, Pick)


def chosen(field: Choice, desk: Desk) -> Option:
    """Give the option that is chosen, the first one when none is."""
    options = field.options(desk)
    return next((option for option in options if option.key == desk.inputs.get(field.name)), options[0])


def picked(field: Pick, desk: Desk) -> tuple[Row, ...]:
    """Give the rows that are picked and can be."""
    keys = desk.inputs.get(field.name)
    if not isinstance(keys, list):
        keys = list(field.default(desk)) if field.default else []
    return tuple(row for row in field.rows(desk) if row.key in keys and not row.why_not)


def text_of(field: Text, desk: Desk) -> str:
    """Give what stands in a text field; of a secret one nothing."""
    if field.secret:
        return ""
    value = desk.inputs.get(field.name)
    if isinstance(value, str):
        return value
    return field.default(desk) if field.default else ""

"""Fields as questions in words: what is asked, what stands there now, what an answer means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import (
    Choice,
    Field,
    Line,
    Pick,
    Row,
    Screen,
    Text,
    Toggle,
    chosen,
    picked,
    text_of,
)
from zeus_installer.screens.help import help_lines
from zeus_installer.system.codec import Json

EMPTY: Final = "-"
_HOW: Final[dict[type[Field], str]] = {
    Text: "Type it. Enter keeps what stands in brackets, - empties it.",
    Choice: "Type the number of one. Enter keeps the one in brackets.",
    Toggle: "Type yes or no. Enter keeps what stands in brackets.",
    Pick: "Type the number of one. Enter keeps what stands in brackets, - takes none.",
}
_MANY: Final = "Type the numbers between blanks. Enter keeps those in brackets, - takes none."
_YES_NO: Final = {"y": True, "yes": True, "n": False, "no": False}


class WrongAnswerError(Exception):
    """An answer that does not fit its question; says what would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is said before the prompt, the prompt, and what an answer (not an empty one) puts into the inputs.

    `take` raises `WrongAnswerError`.
    """

    prompt: str
    take: Callable[[str], Json]
    lines: Sequence[str] = ()
    secret: bool = False


def number_of(text: str, count: int) -> int:
    """Give the place in a list of `count` that a number names, counted from zero."""
    number = int(text[:9]) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= count:
        raise WrongAnswerError(f"Type a number from 1 to {count}." if count > 1 else "There is only number 1.")
    return number - 1


def question(field: Field, number: int, desk: Desk) -> Question | None:
    """Give the question for a field; None where there is nothing to choose from."""
    label = f"{number}. {field.label.strip()}"
    match field:
        case Text():
            return _of_text(field, label, desk)
        case Toggle():
            return Question(prompt=f"{label}, yes or no{_bracket(present(field, desk))}", take=_yes_or_no)
        case Choice():
            return _of_choice(field, label, desk)
        case Pick() if field.rows(desk):
            return _of_pick(field, label, desk)
    return None


def present(field: Field, desk: Desk) -> str:
    """Say what stands in a field now; nothing for nothing."""
    match field:
        case Text(secret=True):
            return "typed" if desk.typed.get(field.name) else ""
        case Text():
            return text_of(field, desk)
        case Toggle():
            return "yes" if desk.is_on(field.name) else "no"
        case Choice():
            return chosen(field, desk).label
        case Pick():
            return "; ".join(" ".join(row.cells[:2]) for row in picked(field, desk))
    return ""


def values(screen: Screen, desk: Desk) -> Sequence[str]:
    """Say what stands in all fields of a screen."""
    shown = [field for field in screen.fields(desk) if type(field) in _HOW]
    return [f"{field.label.strip()}: {present(field, desk) or 'nothing'}" for field in shown] or ["Nothing is asked."]


def explained(field: Field | None, screen: Screen, desk: Desk) -> Sequence[Line]:
    """Explain a field, or the screen. How keys choose on a whole screen is left out: here lines do."""
    lines = [line for line in help_lines(field, screen, desk) if line[0] != "dim" or line[1].startswith("In an answer")]
    how = "" if field is None else _MANY if isinstance(field, Pick) and field.many else _HOW[type(field)]
    return [line for line in [*lines, ("", how)] if line[1]]


def _of_text(field: Text, label: str, desk: Desk) -> Question:
    asks = label.endswith("?")
    hidden = " (not shown)" if field.secret else ""
    return Question(
        prompt=f"{label}{hidden}{_bracket(present(field, desk), asks=asks)}",
        take=lambda text: "" if text == EMPTY else text,
        lines=[field.help] if asks else [],
        secret=field.secret,
    )


def _of_choice(field: Choice, label: str, desk: Desk) -> Question:
    options = field.options(desk)
    now = next(place for place, option in enumerate(options, 1) if option.key == chosen(field, desk).key)
    lines = [
        f"  {place}. {option.label}{f': {option.note}' if option.note else ''}"
        for place, option in enumerate(options, 1)
    ]
    return Question(
        prompt=f"Number{_bracket(str(now))}",
        take=lambda text: options[number_of(text, len(options))].key,
        lines=[label, *lines],
    )


def _of_pick(field: Pick, label: str, desk: Desk) -> Question:
    rows = field.rows(desk)
    now = {row.key for row in picked(field, desk)}
    numbers = " ".join(str(place) for place, row in enumerate(rows, 1) if row.key in now)

    def take(text: str) -> Json:
        if text == EMPTY:
            return []
        words = text.replace(",", " ").split()
        if len(words) > 1 and not field.many:
            raise WrongAnswerError("Only one can be taken.")
        places = {number_of(word, len(rows)) for word in words}
        for place in sorted(places):
            if rows[place].why_not:
                raise WrongAnswerError(f"Number {place + 1} cannot be used: {rows[place].why_not}.")
        return [rows[place].key for place in sorted(places)]

    return Question(
        prompt=f"{'Numbers' if field.many else 'Number'}{_bracket(numbers)}",
        take=take,
        lines=[
            f"{label}{', several may be taken' if field.many else ''}",
            *(f"  {place}. {_row(field, row)}" for place, row in enumerate(rows, 1)),
        ],
    )


def _row(field: Pick, row: Row) -> str:
    """Say what a row is: each cell after its column's name, without those that nobody knows."""
    heads = (*field.heads, *[""] * len(row.cells))
    named = [(head, cell) for head, cell in zip(heads, row.cells, strict=False) if cell != "-"]
    cells = ", ".join(cell if head.lower() in cell.lower() else f"{head} {cell}" for head, cell in named)
    why_not = f"cannot be used: {row.why_not}" if row.why_not else ""
    return "; ".join(filter(None, (why_not, cells, row.more)))


def _yes_or_no(text: str) -> Json:
    answer = _YES_NO.get(text.lower())
    if answer is None:
        raise WrongAnswerError("Type yes or no.")
    return answer


def _bracket(value: str, *, asks: bool = False) -> str:
    return f" [{value}]:" if value else "" if asks else ":"

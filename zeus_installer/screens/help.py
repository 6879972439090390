"""What F1 says: the schema's own words on the key that a field sets, and the field's."""

from collections.abc import Sequence
from typing import Any, Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Choice, Field, Line, Pick, Screen, Text, Toggle

_BLANK: Final[Sequence[Line]] = (("", ""),)
_HOW = {
    Text: "Type it; Ctrl-U empties the line. Enter goes to the next field.",
    Choice: "Enter or Space chooses the option under the cursor.",
    Toggle: "Enter or Space switches it.",
    Pick: "Enter or Space picks the row under the cursor.",
}


def help_lines(field: Field | None, screen: Screen, desk: Desk) -> Sequence[Line]:
    """Explain the focused field, or the screen when no field has the focus."""
    if field is None:
        lines: list[Line] = [("", screen.intro)] if screen.intro else []
        for button in screen.buttons:
            if button.help and button.visible_when(desk):
                lines += _BLANK if lines else ()
                lines += [("title", button.label), ("", button.help)]
        return lines or [("", f"{screen.title}.")]
    lines = [("title", field.label.strip())]
    lines += [("", text) for text in (_of_schema(field.path), field.help) if text]
    if isinstance(field, Choice):
        lines += [("", f"{option.label}: {option.note}") for option in field.options(desk) if option.note]
    lines += [("", ""), ("dim", _HOW[type(field)])]
    if field.path:
        lines.append(("dim", f"In an answer file: {'.'.join(w for w in field.path.split('.') if not w.isdigit())}"))
    return lines


def _of_schema(path: str) -> str:
    """Give what the reference says of a key, and what it may hold."""
    from zeus_installer.answers import formats
    from zeus_installer.answers.keys import KEYS
    from zeus_installer.answers.model import Answers

    table: Any = Answers
    key = None
    for word in path.split("."):
        if word.isdigit():
            continue
        if table not in KEYS or word not in KEYS[table]:
            return ""
        key = KEYS[table][word]
        table = _table_of(table, word)
    if key is None:
        return ""
    wants = f" It wants {key.format.wants}." if key.format is not formats.TEXT and table not in KEYS else ""
    return f"{key.help}{wants}"


def _table_of(table: type, word: str) -> object:
    """Give the table that a key of the model holds, alone, in a list or as one of several kinds; None for none."""
    from zeus_installer.answers.shape import Either, ListOf, Table, fields_of

    shape = fields_of(table)[word][0]
    if isinstance(shape, ListOf):
        shape = shape.item
    if isinstance(shape, Either):
        shape = next((choice for choice in shape.choices if isinstance(choice, Table)), shape)
    return shape.kind if isinstance(shape, Table) else None

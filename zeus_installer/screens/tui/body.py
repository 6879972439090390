"""The items of a screen as widgets, one beneath the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import urwid

from zeus_installer.screens.form import (
    SHOWN_FIELDS,
    Choice,
    Field,
    Item,
    Note,
    Option,
    Pick,
    Row,
    Text,
    Toggle,
    chosen,
    picked,
    text_of,
)
from zeus_installer.screens.tui.look import Look
from zeus_installer.screens.tui.rows import LABEL, Line, Press, focusable, labelled, note, table
from zeus_installer.screens.wizard import Wizard


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A widget of the body, and the field that it belongs to (None: none)."""

    widget: urwid.Widget
    field: Field | None = None


class Body:
    """Makes the widgets of the present screen. Lines that are typed in stay the same widgets, with their cursors."""

    def __init__(self, wizard: Wizard, look: Look) -> None:
        self._wizard = wizard
        self._look = look
        self._lines: dict[str, Line] = {}
        self.columns = 80

    def signature(self) -> object:
        """Give what the widgets are made from: while it is the same, they need not be made again."""
        desk = self._wizard.desk
        shown: list[object] = [self._wizard.screen.id, self.columns]
        for item in self._wizard.screen.shown(desk):
            match item:
                case Note():
                    shown.append(tuple(item.lines(desk)))
                case Choice():
                    shown.append((item.name, chosen(item, desk).key))
                case Pick():
                    shown.append(
                        (item.name, tuple(item.rows(desk)[:0]), _rows_key(item.rows(desk)), _keys(item, self._wizard))
                    )
                case Toggle():
                    shown.append((item.name, desk.is_on(item.name)))
                case Text():
                    shown.append((item.name, item.secret and not desk.typed.get(item.name)))
            if isinstance(item, Field):
                shown.append(tuple(self._wizard.wrong.get(item.name, ())))
        return shown

    def entries(self) -> Iterator[Entry]:
        """Give the widgets of the present screen."""
        if self._wizard.screen.intro:
            yield Entry(widget=urwid.Text(("dim", self._look.words(self._wizard.screen.intro))))
            yield Entry(widget=urwid.Divider())
        for item in self._wizard.screen.shown(self._wizard.desk):
            yield from self._entries_of(item)
            if isinstance(item, SHOWN_FIELDS):
                for complaint in self._wizard.wrong.get(item.name, ()):
                    text = urwid.Text(("bad", self._look.words(complaint)))
                    yield Entry(widget=urwid.Padding(text, left=LABEL + 1))

    def _entries_of(self, item: Item) -> Iterator[Entry]:
        match item:
            case Note():
                for style, text in item.lines(self._wizard.desk):
                    line = note(style, self._look.words(text))
                    yield Entry(widget=urwid.Padding(line, left=LABEL + 1 if item.beside else 0))
            case Text():
                yield Entry(widget=labelled(item.label, focusable(self._line(item), "edit")), field=item)
            case Toggle():
                yield Entry(widget=labelled("", self._toggle(item)), field=item)
            case Choice():
                yield from self._choice(item)
            case Pick():
                yield from self._pick(item)

    def _line(self, item: Text) -> Line:
        wizard = self._wizard
        wanted = wizard.desk.typed.get(item.name, "") if item.secret else text_of(item, wizard.desk)
        line = self._lines.get(item.name)
        if line is None:
            put = wizard.put_secret if item.secret else wizard.put
            line = self._lines[item.name] = Line(
                self._look.words(wanted), lambda text: put(item.name, text), secret=item.secret
            )
        elif line.edit_text != wanted and (item.secret or not self._look.ascii):
            line.set_edit_text(wanted)
        return line

    def _toggle(self, item: Toggle) -> urwid.Widget:
        on = self._wizard.desk.is_on(item.name)
        return self._press(f"[{'x' if on else ' '}] {item.label}", lambda: self._wizard.put(item.name, not on))

    def _choice(self, item: Choice) -> Iterator[Entry]:
        options = item.options(self._wizard.desk)
        now = chosen(item, self._wizard.desk)
        width = max(len(option.label) for option in options)
        for number, option in enumerate(options):
            mark = "(*)" if option is now or option.key == now.key else "( )"
            press = self._press(f"{mark} {option.label}", self._chooser(item, option))
            row = urwid.Columns([(width + 5, press), urwid.Text(("dim", self._look.words(option.note)))], dividechars=1)
            yield Entry(widget=labelled(item.label if number == 0 else "", row), field=item)

    def _chooser(self, item: Choice, option: Option) -> Callable[[], None]:
        return lambda: self._wizard.put(item.name, option.key)

    def _pick(self, item: Pick) -> Iterator[Entry]:
        desk = self._wizard.desk
        rows = item.rows(desk)
        now = {row.key for row in picked(item, desk)}
        heads, *lines = table([item.heads, *(row.cells for row in rows)], self.columns - 6)
        yield Entry(widget=urwid.Text([("label", f"{item.label}:"), ("dim", "" if rows else "  none")]))
        if rows:
            yield Entry(widget=urwid.Text(("dim", f"    {self._look.words(heads)}")))
        for row, line in zip(rows, lines, strict=True):
            marks = ("[x]", "[ ]") if item.many else ("(*)", "( )")
            mark = " - " if row.why_not else marks[row.key not in now]
            beneath = "; ".join(filter(None, (row.more, f"cannot be used: {row.why_not}" if row.why_not else "")))
            pressed = self._picker(item, row, rows)
            yield Entry(widget=self._press(f"{mark} {line}", pressed, style="dim" if row.why_not else ""), field=item)
            if beneath:
                style = "bad" if row.doomed and row.key in now else "dim"
                text = urwid.Text((style, self._look.words(beneath)))
                yield Entry(widget=urwid.Padding(text, left=4))

    def _picker(self, item: Pick, row: Row, rows: Sequence[Row]) -> Callable[[], None]:
        def pick() -> None:
            if row.why_not:
                self._wizard.desk.said = f"{row.cells[0]} {row.cells[1]} {row.why_not}"
                return
            desk = self._wizard.desk
            now = {other.key for other in picked(item, desk)}
            # What only was proposed gives way to what the operator picks.
            proposed = item.name not in desk.inputs and row.key not in now
            wanted = (now ^ {row.key}) if item.many and not proposed else {row.key}
            self._wizard.put(item.name, [other.key for other in rows if other.key in wanted])

        return pick

    def _press(self, text: str, pressed: Callable[[], None], *, style: str = "") -> urwid.Widget:
        return focusable(Press(self._look.words(text), pressed, cursor=1), style)


def _rows_key(rows: Sequence[Row]) -> object:
    return tuple((row.key, row.cells, row.why_not) for row in rows)


def _keys(item: Pick, wizard: Wizard) -> object:
    return tuple(row.key for row in picked(item, wizard.desk))

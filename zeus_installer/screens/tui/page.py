"""The whole screen: head, items, what was said, buttons, keys; and how the focus moves between them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import urwid

from zeus_installer.screens.form import Field, Text
from zeus_installer.screens.help import help_lines
from zeus_installer.screens.tui.body import Body, Entry
from zeus_installer.screens.tui.look import Look
from zeus_installer.screens.tui.rows import button_row
from zeus_installer.screens.wizard import Wizard

# From this width on the help of the focused field stands beside the form.
WIDE: Final = 110
# Where in the pile the items and the buttons are.
_ITEMS: Final = 2
_BUTTONS: Final = 5


class _Items(urwid.ListBox):
    """A list that knows how large it was drawn."""

    size: tuple[int, int] = (80, 18)

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:
        """Draw it."""
        self.size = size
        return super().render(size, focus)


class Page(urwid.WidgetWrap):
    """The present screen of the wizard. `update` makes it anew where it differs; the focus stays on its field."""

    def __init__(self, wizard: Wizard, look: Look, show_help: Callable[[], None]) -> None:
        self._wizard = wizard
        self._look = look
        self._show_help = show_help
        self._body = Body(wizard, look)
        self._entries: Sequence[Entry] = ()
        self._signature: object = None
        self._screen = ""
        self._labels: tuple[str, ...] = ()
        self._walker = urwid.SimpleFocusListWalker([])
        self._list = _Items(self._walker)
        self._rule = urwid.Text("", wrap="clip")
        self._help = urwid.Text("")
        self._head = urwid.Columns([urwid.Text("", wrap="clip"), urwid.Text("", "right", "clip")])
        self._said = urwid.Text("")
        self._keys = urwid.Text("", wrap="clip")
        self._width = 80
        self._wide = False
        self._last_index = 0
        self._pile = urwid.Pile(
            [
                ("pack", urwid.AttrMap(self._head, "head")),
                ("pack", urwid.Divider()),
                self._list,
                ("pack", self._said),
                ("pack", self._rule),
                ("pack", button_row([("Help", show_help)])),
                ("pack", self._keys),
            ]
        )
        super().__init__(self._pile)

    @property
    def field(self) -> Field | None:
        """The field that has the focus."""
        if self._pile.focus_position != _ITEMS or not self._entries or not self._walker:
            return None
        return self._entries[int(self._list.focus_position)].field

    def update(self) -> None:
        """Show what has changed."""
        screen = self._wizard.screen
        if screen.id != self._screen:
            self._body = Body(self._wizard, self._look)
            self._signature = None
        self._body.columns = self._columns()
        signature = self._body.signature()
        if signature != self._signature:
            self._signature = signature
            self._fill(fresh=screen.id != self._screen)
        said = self._look.words(self._wizard.desk.said)
        if self._said.text != said:
            self._said.set_text(("warn", said) if said else "")
        self._update_buttons()
        if screen.id != self._screen:
            self._screen = screen.id
            self._focus_first()
            self._update_keys()
        self._update_head()
        self._update_rule()
        self._update_help()

    def resized(self, columns: int) -> None:
        """Lay out for another width."""
        wide = columns >= WIDE
        if wide != self._wide:
            self._wide = wide
            beside = [("weight", 3, self._list), ("weight", 2, urwid.Padding(urwid.Filler(self._help, "top"), left=2))]
            main: urwid.Widget = urwid.Columns(beside) if wide else self._list
            self._pile.contents[_ITEMS] = (main, self._pile.options())
        self._width = columns
        self.update()

    def go_on(self) -> None:
        """Press the first button, wherever the focus is."""
        if self._wizard.screen.forward:
            self._leave(self.field)
            self._wizard.screen.proceed(self._wizard)

    def attend(self, name: str) -> None:
        """Put the focus on a field, at its end: what is wrong with it is told beneath."""
        places = [index for index, entry in enumerate(self._entries) if entry.field and entry.field.name == name]
        if places:
            self._pile.focus_position = _ITEMS
            self._list.set_focus(places[-1])
            self._list.set_focus_valign("middle")

    def _columns(self) -> int:
        return self._width * 3 // 5 - 1 if self._wide else self._width

    def keypress(self, size: tuple[int, int], key: str) -> str | None:
        """Move the focus by Tab, and by Enter behind a line of text."""
        before = self.field
        if key in ("tab", "shift tab"):
            self._step(-1 if key == "shift tab" else 1)
            unhandled = None
        elif key in ("page up", "page down") and self._pile.focus_position == _BUTTONS:
            self._list.keypress(self._list.size, key)
            unhandled = None
        else:
            unhandled = super().keypress(size, key)
            if unhandled == "enter" and self.field is not None:
                self._step(1)
                unhandled = None
        after = self.field
        if after is not before:
            self._leave(before)
            self._update_help()
        self.update()
        return unhandled

    def _leave(self, field: Field | None) -> None:
        if isinstance(field, Text):
            field.leave(self._wizard)

    def _fill(self, *, fresh: bool) -> None:
        """Make the widgets anew; the focus stays where it was, by field and by the place in it."""
        name, nth = ("", 0) if fresh or not self._entries else self._place()
        self._entries = list(self._body.entries())
        self._walker[:] = [entry.widget for entry in self._entries]
        of_field = [index for index, entry in enumerate(self._entries) if entry.field and entry.field.name == name]
        if of_field:
            self._walker.set_focus(of_field[min(nth, len(of_field) - 1)])
        elif self._entries and not fresh:
            self._walker.set_focus(min(self._last_index, len(self._entries) - 1))

    def _place(self) -> tuple[str, int]:
        index = self._last_index = min(self._list.focus_position, len(self._entries) - 1)
        field = self._entries[index].field
        if field is None:
            return "", 0
        nth = sum(1 for entry in self._entries[:index] if entry.field and entry.field.name == field.name)
        return field.name, nth

    def _focus_first(self) -> None:
        """Put the focus on the first thing that wants one: a field, else the first button."""
        first = next((index for index, entry in enumerate(self._entries) if entry.field), None)
        if first is not None:
            columns, rows = self._list.size
            above = sum(entry.widget.rows((columns,)) for entry in self._entries[:first])
            # What stands above must be read first, when it fills the screen.
            first = first if above < rows else None
        if first is None:
            self._pile.focus_position = _BUTTONS
            if self._entries:
                self._walker.set_focus(0)
        else:
            self._pile.focus_position = _ITEMS
            self._walker.set_focus(first)
            self._list.shift_focus((self._width, 20), min(first, 8))

    def _stops(self) -> list[tuple[int, int]]:
        """Give where Tab stops: each field once, then the buttons; (part of the pile, place in it)."""
        stops = []
        seen: set[str] = set()
        for index, entry in enumerate(self._entries):
            if entry.field and entry.field.name not in seen:
                seen.add(entry.field.name)
                stops.append((_ITEMS, index))
        if not stops and self._entries:
            stops.append((_ITEMS, self._list.focus_position))
        return [*stops, *((_BUTTONS, number) for number in range(len(self._labels)))]

    def _step(self, step: int) -> None:
        stops = self._stops()
        if self._pile.focus_position == _BUTTONS:
            now: tuple[int, int] = (_BUTTONS, self._buttons.focus_position)
        else:
            field = self.field
            first = next(
                (i for i, e in enumerate(self._entries) if field and e.field and e.field.name == field.name), None
            )
            now = (_ITEMS, self._list.focus_position if first is None else first)
        index = stops.index(now) if now in stops else 0
        part, place = stops[(index + step) % len(stops)]
        self._pile.focus_position = part
        if part == _BUTTONS:
            self._buttons.focus_position = place
        else:
            self._list.set_focus(place, "above" if step > 0 else "below")

    @property
    def _buttons(self) -> urwid.Columns:
        row: urwid.Columns = self._pile.contents[_BUTTONS][0]
        return row

    @property
    def _can_go_back(self) -> bool:
        screen = self._wizard.screen
        return screen.can_go_back and screen is not self._wizard.way[0]

    def _update_buttons(self) -> None:
        wizard, screen = self._wizard, self._wizard.screen
        buttons: list[tuple[str, Callable[[], None]]] = []
        if screen.forward:
            buttons.append((screen.forward, lambda: screen.proceed(wizard)))
        if self._can_go_back:
            buttons.append(("Back", wizard.go_back))
        buttons += [
            (button.label, partial(button.press, wizard))
            for button in screen.buttons
            if button.visible_when(wizard.desk)
        ]
        buttons.append(("Help", self._show_help))
        labels = tuple(label for label, _ in buttons)
        if labels != self._labels or screen.id != self._screen:
            place = self._buttons.focus_position if screen.id == self._screen else 0
            self._labels = labels
            row = button_row(buttons)
            row.focus_position = min(place, len(buttons) - 1)
            self._pile.contents[_BUTTONS] = (row, self._pile.options("pack"))

    def _update_keys(self) -> None:
        screen = self._wizard.screen
        keys = ("F1 Help", f"F10 {screen.forward}", "Tab Next", "Enter Choose", "Esc Back", "Ctrl-C Leave")
        unused = {f"F10 {screen.forward}": not screen.forward, "Esc Back": not self._can_go_back}
        self._keys.set_text(("dim", "   ".join(key for key in keys if not unused.get(key))))

    def _update_rule(self) -> None:
        """Say on the line beneath the items whether there is more of them than can be seen."""
        ends = self._list.ends_visible(self._list.size) if self._entries else ("top", "bottom")
        more = {(True, True): "", (True, False): " more below: Page Down ", (False, True): " more above: Page Up "}
        said = more.get(("top" in ends, "bottom" in ends), " more above and below: Page Up, Page Down ")
        # Not filled up beside words: on a slow line each change of them would send the whole row.
        text = f"{self._look.rule * 3}{said}" if said else self._look.rule * self._width
        if self._rule.text != text:
            self._rule.set_text(("dim", text))

    def _update_head(self) -> None:
        wizard = self._wizard
        way = [screen.id for screen in wizard.way]
        left, right = self._head.contents[0][0], self._head.contents[1][0]
        step = f"{way.index(wizard.screen.id) + 1} of {len(way)}" if wizard.screen.id in way else ""
        right_text = ", ".join(filter(None, ("dry run" if wizard.desk.dry_run else "", step)))
        texts = (f" Zeus installer: {wizard.screen.title}", f"{right_text} ")
        for widget, text in zip((left, right), texts, strict=True):
            if widget.text != text:
                widget.set_text(text)

    def _update_help(self) -> None:
        if self._wide:
            lines = help_lines(self.field, self._wizard.screen, self._wizard.desk)
            markup = [(style or None, self._look.words(f"{text}\n")) for style, text in lines]
            self._help.set_text(markup)

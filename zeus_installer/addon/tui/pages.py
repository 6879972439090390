"""The screens behind the text spoke. Each sets its properties at once: there is nothing to apply."""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from simpleline.render.containers import ListColumnContainer
from simpleline.render.prompt import Prompt
from simpleline.render.screen import InputState, UIScreen
from simpleline.render.screen_handler import ScreenHandler
from simpleline.render.widgets import CheckboxWidget, TextWidget, Widget

from zeus_installer.addon import spoke
from zeus_installer.addon.spoke import Entry, Module, Offer, Remark, Selection, Setting

Item = tuple[Widget, Callable[[], None]]

WIDTH: Final = 78
_MARK: Final = 11
_NOTHING: Final = "-"


def fold(text: str, *, first: str = "", rest: str | None = None) -> str:
    """Fold text to the screen, line by line, so that it hangs behind `first`."""
    indent = " " * len(first) if rest is None else rest
    lines = [
        textwrap.wrap(line, WIDTH, initial_indent=indent if number else first, subsequent_indent=indent)
        for number, line in enumerate(text.splitlines() or [""])
    ]
    return "\n".join("\n".join(each) for each in lines)


def tell(text: str) -> None:
    """Say something between two screens."""
    print(f"\n{fold(text)}\n", flush=True)


def numbered(items: Iterable[Item]) -> ListColumnContainer:
    """Give a list of what can be chosen by its number."""
    container = ListColumnContainer(1, columns_width=WIDTH, spacing=1)
    for widget, act in items:
        container.add(widget, _call, act)
    return container


def show(page: UIScreen) -> None:
    """Show a screen until it is left."""
    ScreenHandler.push_screen_modal(page)


def setting_item(module: Module, setting: Setting) -> Item:
    """Give the line of a list that shows a setting and lets it be changed."""

    def change() -> None:
        show(SelectionPage(module, setting) if isinstance(setting, Selection) else EntryPage(module, setting))

    return TextWidget(f"{setting.label}: {spoke.shown(module, setting)}"), change


def doom(module: Module) -> str:
    """Say what will be destroyed."""
    destroys = module.destroys
    if not destroys:
        return fold(spoke.HARMLESS)
    return "\n".join([spoke.DOOMED, *(fold(sentence, first="  ") for sentence in destroys)])


def found(remarks: Iterable[Remark]) -> str:
    """Give what was found, each with its remedy."""
    lines = []
    for remark in remarks:
        lines.append(fold(remark.seen, first=f"{remark.mark:<{_MARK}}"))
        if remark.remedy:
            lines.append(fold(f"-> {remark.remedy}", first=" " * _MARK, rest=" " * (_MARK + 3)))
    return "\n".join(lines)


def _call(act: Callable[[], None]) -> None:
    act()


class MachinePage(UIScreen):
    """What the checks found, each with its remedy."""

    def __init__(self, module: Module) -> None:
        super().__init__("Machine")
        self._module = module

    def refresh(self, args: Any = None) -> None:  # noqa: ANN401
        """Draw it."""
        super().refresh(args)
        self.window.add_with_separator(TextWidget(found(spoke.remarks(self._module)) or spoke.tally(self._module)))


class SettingsPage(UIScreen):
    """Several settings that belong together."""

    def __init__(self, module: Module, title: str, settings: Sequence[Setting]) -> None:
        super().__init__(title)
        self._module = module
        self._settings = settings
        self._container = numbered(())

    def items(self) -> Iterator[Item]:
        """Give what can be chosen."""
        for setting in self._settings:
            yield setting_item(self._module, setting)

    def refresh(self, args: Any = None) -> None:  # noqa: ANN401
        """Draw it."""
        super().refresh(args)
        self._container = numbered(self.items())
        self.window.add_with_separator(self._container)

    def input(self, args: Any, key: str) -> Any:  # noqa: ANN401, ARG002
        """Open a setting."""
        return InputState.PROCESSED_AND_REDRAW if self._container.process_user_input(key) else key


class StoragePage(SettingsPage):
    """The storage repository: what it is made of, and what that destroys."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "Storage", spoke.STORAGE)

    def items(self) -> Iterator[Item]:
        """Give the settings, and consent where there is something to agree to."""
        yield from super().items()
        if self._module.destroys:
            yield CheckboxWidget(title=spoke.CONSENT, completed=self._module.consent), self._agree

    def _agree(self) -> None:
        if refused := self._module.set("Consent", not self._module.consent):
            tell(refused)

    def refresh(self, args: Any = None) -> None:  # noqa: ANN401
        """Draw it."""
        super().refresh(args)
        self.window.add_with_separator(TextWidget(doom(self._module)))


class SelectionPage(UIScreen):
    """One of a few values; what cannot be chosen stands below, with its reason."""

    def __init__(self, module: Module, selection: Selection) -> None:
        super().__init__(selection.label)
        self._module = module
        self._selection = selection
        self._container = numbered(())
        self._refused = ""

    def refresh(self, args: Any = None) -> None:  # noqa: ANN401
        """Draw it."""
        super().refresh(args)
        now = self._module.value(self._selection.name)
        offers = self._selection.offers(self._module)
        self._container = numbered(self._item(offer, now) for offer in offers if not offer.reason)
        self.window.add_with_separator(self._container)
        unusable = [fold(f"{offer.label}: {offer.reason}", first="  ") for offer in offers if offer.reason]
        if unusable:
            self.window.add_with_separator(TextWidget("\n".join([spoke.UNUSABLE, *unusable])))

    def _item(self, offer: Offer, now: str) -> Item:
        def choose() -> None:
            self._refused = self._module.set(self._selection.name, offer.value)

        return CheckboxWidget(title=offer.label, text=offer.note, completed=offer.value == now), choose

    def input(self, args: Any, key: str) -> Any:  # noqa: ANN401, ARG002
        """Choose; go back when the module takes it."""
        if not self._container.process_user_input(key):
            return key
        if self._refused:
            tell(self._refused)
            return InputState.DISCARDED
        return InputState.PROCESSED_AND_CLOSE


class EntryPage(UIScreen):
    """A value that is typed."""

    def __init__(self, module: Module, entry: Entry) -> None:
        super().__init__(entry.label)
        self._module = module
        self._entry = entry

    def refresh(self, args: Any = None) -> None:  # noqa: ANN401
        """Draw it."""
        super().refresh(args)
        self.window.add_with_separator(TextWidget(fold(self._entry.help)))
        self.window.add_with_separator(TextWidget(f"Now: {spoke.shown(self._module, self._entry)}"))

    def prompt(self, args: Any = None) -> Prompt:  # noqa: ANN401, ARG002
        """Say how to keep the value, and how to have none."""
        none = f", {_NOTHING} for {self._entry.empty}" if self._entry.empty else ""
        return Prompt(f"Type a new value{none}, or only {Prompt.ENTER} to keep it")

    def input(self, args: Any, key: str) -> Any:  # noqa: ANN401, ARG002
        """Set it; go back when the module takes it."""
        typed = key.strip()
        if typed:
            refused = self._module.set(self._entry.name, "" if self._entry.empty and typed == _NOTHING else typed)
            if refused:
                tell(refused)
                return InputState.DISCARDED
        return InputState.PROCESSED_AND_CLOSE

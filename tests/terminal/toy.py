"""The smallest wizard: a program to try the terminal on. `python -m tests.terminal.toy`."""

from typing import Any

import urwid

PALETTE = [("title", "white", "dark blue"), ("focus", "standout", ""), ("danger", "light red,bold", "")]


def main() -> None:
    """Show a box with a field and two buttons until Quit is chosen."""
    said = urwid.Text("")
    name = urwid.Edit("Name: ")

    def greet(_: urwid.Button) -> None:
        said.set_text(("danger", f"Hello {name.edit_text}"))

    def leave(_: urwid.Button) -> None:
        raise urwid.ExitMainLoop

    buttons = [urwid.Button("Greet", greet), urwid.Button("Quit", leave)]
    rows: list[Any] = [
        name,
        *(urwid.AttrMap(button, None, "focus") for button in buttons),
        said,
        urwid.Text("日本 <&> Grüße"),
    ]
    box = urwid.LineBox(urwid.ListBox(urwid.SimpleFocusListWalker(rows)), title="Toy")
    urwid.MainLoop(urwid.Frame(box, header=urwid.AttrMap(urwid.Text("A toy"), "title")), PALETTE).run()


if __name__ == "__main__":
    main()

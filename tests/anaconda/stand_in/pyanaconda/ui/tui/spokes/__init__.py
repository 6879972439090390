"""Text spokes: screens that are also a line of their hub."""

from typing import Any

from simpleline.render.screen import UIScreen
from simpleline.render.widgets import CheckboxWidget, Widget

from pyanaconda.ui.common import Spoke


class NormalTUISpoke(UIScreen, Widget, Spoke):
    """A text spoke that a hub leads to."""

    def __init__(self, data: Any, storage: Any, payload: Any) -> None:
        UIScreen.__init__(self)
        Widget.__init__(self)
        Spoke.__init__(self, data, storage, payload)

    def render(self, width: int) -> None:
        """Draw the line of the hub: `!` where something is missing, `x` where nothing is."""
        Widget.render(self, width)
        key = "x" if self.completed else "!" if self.mandatory else " "
        box = CheckboxWidget(key=key, completed=True, title=self.title, text=self.status)
        box.render(width)
        self.draw(box)

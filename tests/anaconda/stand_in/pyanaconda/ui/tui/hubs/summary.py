"""The hub before the installation."""

from collections.abc import Sequence
from typing import Any, Final

from simpleline.render.containers import ListRowContainer
from simpleline.render.prompt import Prompt
from simpleline.render.screen import InputState, UIScreen
from simpleline.render.screen_handler import ScreenHandler

from pyanaconda.ui.common import collect
from pyanaconda.ui.tui.spokes import NormalTUISpoke

BEGIN: Final = "b"


class SummaryHub(UIScreen):
    """Leads to the spokes; `b` begins, once all that is mandatory is completed."""

    def __init__(self, data: Any, storage: Any, payload: Any) -> None:
        super().__init__("Installation")
        self._made_of = (data, storage, payload)
        self._paths: dict[str, Sequence[tuple[str, str]]] = {}
        self._spokes: list[NormalTUISpoke] = []
        self._container = ListRowContainer(2, columns_width=39, spacing=2)

    def set_path(self, path_id: str, paths: Sequence[tuple[str, str]]) -> None:
        """Say where the spokes are: names of their modules with `%s` for the last part, and folders."""
        self._paths[path_id] = paths

    def setup(self, args: Any = "anaconda") -> bool:
        """Make the spokes; without one there is nothing to show."""
        super().setup(args)
        for kind in collect(self._paths["spokes"]):
            if not kind.should_run(args, self._made_of[0]):
                continue
            spoke = kind(*self._made_of)
            if isinstance(spoke, NormalTUISpoke) and spoke.showable and not spoke.indirect:
                spoke.initialize()
                self._spokes.append(spoke)
        return bool(self._spokes)

    def refresh(self, args: Any = None) -> None:
        """Draw it."""
        super().refresh(args)
        self._container = ListRowContainer(2, columns_width=39, spacing=2)
        for spoke in self._spokes:
            self._container.add(spoke, callback=ScreenHandler.push_screen, data=spoke)
        self.window.add_with_separator(self._container)

    def prompt(self, args: Any = None) -> Prompt:
        """Offer to begin; this screen is not closed otherwise."""
        prompt = super().prompt(args)
        prompt.remove_option(Prompt.CONTINUE)
        prompt.add_option(BEGIN, "to begin installation")
        return prompt

    def input(self, args: Any, key: str) -> Any:  # noqa: ARG002
        """Open a spoke, or begin."""
        if self._container.process_user_input(key):
            return InputState.PROCESSED
        if key != BEGIN:
            return InputState.DISCARDED if key == Prompt.CONTINUE else key
        missing = [spoke.title for spoke in self._spokes if spoke.mandatory and not spoke.completed]
        if missing:
            print(f"Not yet completed: {', '.join(missing)}")
            return InputState.DISCARDED
        return InputState.PROCESSED_AND_CLOSE

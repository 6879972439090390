"""The text spoke: on or off, and what there is to say and to choose when it is on."""

from collections.abc import Iterator
from typing import Any

from pyanaconda.modules.common.util import is_module_available
from pyanaconda.ui.categories.system import SystemCategory
from pyanaconda.ui.tui.spokes import NormalTUISpoke
from simpleline.render.screen import InputState
from simpleline.render.widgets import CheckboxWidget, TextWidget

from zeus_installer.addon import spoke
from zeus_installer.addon.constants import ZEUS
from zeus_installer.addon.looking import Look
from zeus_installer.addon.tui.pages import (
    Item,
    MachinePage,
    SettingsPage,
    StoragePage,
    doom,
    fold,
    found,
    numbered,
    setting_item,
    show,
    tell,
)

# Anaconda takes every class of a spoke's file that has a category for a spoke (pyanaconda/core/util.py, collect).
__all__ = ["ZeusSpoke"]


class ZeusSpoke(NormalTUISpoke):
    """Xen host (Zeus). It sets the module's properties at once, and repeats no rule of theirs."""

    category = SystemCategory

    @staticmethod
    def get_screen_id() -> str:
        """Give the screen's id."""
        return "zeus-xen-host"

    @classmethod
    def should_run(cls, environment: str, data: Any) -> bool:  # noqa: ANN401
        """Show it in the installer, when the module was started: Anaconda goes on without one that was not."""
        return bool(NormalTUISpoke.should_run(environment, data)) and is_module_available(ZEUS)

    def __init__(self, data: Any, storage: Any, payload: Any) -> None:  # noqa: ANN401
        super().__init__(data, storage, payload)
        self.title = spoke.TITLE
        self._module = spoke.Module()
        self._look = Look(self._module)
        self._container = numbered(())

    def initialize(self) -> None:
        """Have the machine looked at, when the kickstart wants a host: the hub asks whether that is complete."""
        super().initialize()
        if self._module.enabled:
            self._look.start(self._tell_failures)

    def _tell_failures(self) -> None:
        """Say what stops an automated installation: without a console Anaconda only names the spoke."""
        failed = [remark for remark in spoke.remarks(self._module) if remark.style == "bad"]
        if not self._module.ready:
            tell(f"{spoke.TITLE}: {self._module.status}\n{found(failed)}")

    @property
    def ready(self) -> bool:
        """Whether the machine was looked at; an automated installation waits for that."""
        return not self._look.under_way

    @property
    def status(self) -> str:
        """Give the line below the title in the hub."""
        return spoke.LOOKING if self._look.under_way else self._module.status

    @property
    def completed(self) -> bool:
        """Whether nothing stands against beginning."""
        return not self._look.under_way and self._module.ready

    @property
    def mandatory(self) -> bool:
        """Whether the installation must not begin before this is complete."""
        return self._module.enabled

    def setup(self, args: Any = None) -> bool:  # noqa: ANN401
        """Look again on every entry: the disks that Anaconda will use may be others by now."""
        super().setup(args)
        if self._module.enabled:
            self._look_again()
        return True

    def closed(self) -> None:
        """Have `setup` called on the next entry too."""
        super().closed()
        self.screen_ready = False

    def refresh(self, args: Any = None) -> None:  # noqa: ANN401
        """Draw the spoke."""
        super().refresh(args)
        lost, enabled = self._module.lost, self._module.enabled
        self.window.add_with_separator(TextWidget(fold(self._module.status)))
        if lost:
            self.window.add_with_separator(TextWidget(fold(spoke.LOST_REMEDY)))
        self._container = numbered(self._items())
        self.window.add_with_separator(self._container)
        if not lost and not enabled:
            self.window.add_with_separator(TextWidget(fold(spoke.PURPOSE)))
        elif not lost and self._module.destroys:
            self.window.add_with_separator(TextWidget(doom(self._module)))

    def _items(self) -> Iterator[Item]:
        module = self._module
        yield CheckboxWidget(title=spoke.SWITCH, completed=module.enabled), self._switch
        if not module.enabled or module.lost:
            return
        yield TextWidget(f"Machine: {spoke.tally(module)}"), lambda: show(MachinePage(module))
        kind, disk = spoke.shown(module, spoke.SR_TYPE), spoke.shown(module, spoke.DISK)
        yield TextWidget(f"Storage: {kind}, {disk}"), lambda: show(StoragePage(module))
        yield setting_item(module, spoke.NETWORK)
        yield setting_item(module, spoke.MEMORY)
        where = spoke.shown(module, spoke.REPOSITORY)
        yield TextWidget(f"Packages: {where}"), lambda: show(SettingsPage(module, "Packages", spoke.PACKAGES))
        yield TextWidget("Look at the machine again"), self._look_again

    def _switch(self) -> None:
        wanted = not self._module.enabled
        if refused := self._module.set("Enabled", wanted):
            tell(refused)
        elif wanted:
            self._look_again()

    def _look_again(self) -> None:
        tell(spoke.LOOKING)
        self._look.start()
        self._look.wait()

    def input(self, args: Any, key: str) -> Any:  # noqa: ANN401
        """Do what was chosen by its number."""
        if self._container.process_user_input(key):
            return InputState.PROCESSED_AND_REDRAW
        return super().input(args, key)

    def apply(self) -> None:
        """Do nothing: everything was set when it was chosen."""

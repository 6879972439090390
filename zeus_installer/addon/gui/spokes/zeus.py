"""The graphical spoke: the same as the text one, on a single page."""

from typing import Any

# Anaconda has asked for GTK 3 before it loads a spoke (pyanaconda/ui/gui/__init__.py).
from gi.repository import GLib, Gtk
from pyanaconda.modules.common.util import is_module_available
from pyanaconda.ui.categories.system import SystemCategory
from pyanaconda.ui.communication import hubQ
from pyanaconda.ui.gui.spokes import NormalSpoke

from zeus_installer.addon import spoke
from zeus_installer.addon.constants import ZEUS
from zeus_installer.addon.looking import Look
from zeus_installer.addon.spoke import Selection, Setting

# Anaconda takes every class of a spoke's file that has a category for a spoke (pyanaconda/core/util.py, collect).
__all__ = ["ZeusSpoke"]


class ZeusSpoke(NormalSpoke):
    """Xen host (Zeus). It sets the module's properties at once, and repeats no rule of theirs."""

    builderObjects = ("zeusWindow",)
    mainWidgetName = "zeusWindow"
    uiFile = "zeus.glade"
    category = SystemCategory
    icon = "computer-symbolic"
    title = f"_{spoke.TITLE}"

    @staticmethod
    def get_screen_id() -> str:
        """Give the screen's id."""
        return "zeus-xen-host"

    @classmethod
    def should_run(cls, environment: str, data: Any) -> bool:  # noqa: ANN401
        """Show it in the installer, when the module was started: Anaconda goes on without one that was not."""
        return bool(NormalSpoke.should_run(environment, data)) and is_module_available(ZEUS)

    def __init__(self, data: Any, storage: Any, payload: Any) -> None:  # noqa: ANN401
        super().__init__(data, storage, payload)
        self._module = spoke.Module()
        self._look = Look(self._module)
        self._filling = False
        self._combos: dict[str, tuple[Selection, Any]] = {}
        self._entries: dict[str, Any] = {}

    def initialize(self) -> None:
        """Make a widget for each setting, and have the machine looked at when the kickstart wants a host."""
        super().initialize()
        settings: list[Setting] = [*spoke.STORAGE, spoke.NETWORK, spoke.MEMORY, *spoke.PACKAGES]
        for row, setting in enumerate(settings):
            self._add(setting, row)
        self.builder.get_object("enabledCheck").set_label(f"_{spoke.SWITCH}")
        self.builder.get_object("purposeLabel").set_text(spoke.PURPOSE)
        self.builder.get_object("consentCheck").set_label(spoke.CONSENT)
        if self._module.enabled:
            self._look.start(self._seen)

    def _add(self, setting: Setting, row: int) -> None:
        if isinstance(setting, Selection):
            widget = Gtk.ComboBoxText(hexpand=True)
            widget.connect("changed", self.on_selection_changed, setting.name)
            self._combos[setting.name] = (setting, widget)
        else:
            widget = Gtk.Entry(hexpand=True, tooltip_text=setting.help, placeholder_text=setting.empty)
            widget.connect("activate", self.on_entry_activated)
            self._entries[setting.name] = widget
        grid = self.builder.get_object("settingsGrid")
        grid.attach(Gtk.Label(label=setting.label, halign=Gtk.Align.START), 0, row, 1, 1)
        grid.attach(widget, 1, row, 1, 1)
        grid.show_all()

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

    def refresh(self) -> None:
        """Look again on every entry: the disks that Anaconda will use may be others by now."""
        super().refresh()
        self.clear_info()
        if self._module.enabled:
            self._look.start(self._seen)
        self._fill()

    def apply(self) -> None:
        """Do nothing: everything was set when it was chosen."""

    def _seen(self) -> None:
        """Tell the main loop that the machine was looked at; called in another thread."""
        GLib.idle_add(self._after_look)

    def _after_look(self) -> None:
        self._look.wait()
        hubQ.send_ready(self.__class__.__name__)
        self._fill()

    def _fill(self) -> None:
        """Show what the module says."""
        module = self._module
        lost, enabled = module.lost, module.enabled
        self._filling = True
        self._say("statusLabel", self.status, spoke.LOST_REMEDY if lost else "")
        self.builder.get_object("enabledCheck").set_active(enabled)
        self.builder.get_object("purposeLabel").set_visible(not enabled and not lost)
        self.builder.get_object("detailsBox").set_visible(enabled and not lost)
        self.builder.get_object("detailsBox").set_sensitive(not self._look.under_way)
        if not lost:
            self._fill_details()
        self._filling = False

    def _fill_details(self) -> None:
        module = self._module
        found: list[str] = []
        for remark in spoke.remarks(module):
            found += [f"{remark.mark}: {remark.seen}", f"    → {remark.remedy}" if remark.remedy else ""]
        self._say("findingsLabel", *found)
        for name, entry in self._entries.items():
            entry.set_text(module.value(name))
        unusable = [text for selection, combo in self._combos.values() for text in self._fill_combo(selection, combo)]
        self._say("unusableLabel", *([spoke.UNUSABLE, *unusable] if unusable else []))
        destroys = module.destroys
        self._say("destroysLabel", *([spoke.DOOMED, *destroys] if destroys else [spoke.HARMLESS]))
        self.builder.get_object("consentCheck").set_visible(bool(destroys))
        self.builder.get_object("consentCheck").set_active(module.consent)

    def _fill_combo(self, selection: Selection, combo: Any) -> list[str]:  # noqa: ANN401
        """Offer what can be chosen; give the words for what cannot."""
        offers, now = selection.offers(self._module), self._module.value(selection.name)
        combo.remove_all()
        for offer in offers:
            if not offer.reason:
                combo.append(offer.value, f"{offer.label} ({offer.note})" if offer.note else offer.label)
        if not combo.set_active_id(now):
            combo.append(now, spoke.shown(self._module, selection))
            combo.set_active_id(now)
        return [f"{offer.label}: {offer.reason}" for offer in offers if offer.reason]

    def _say(self, name: str, *texts: str) -> None:
        text = "\n".join(filter(None, texts))
        self.builder.get_object(name).set_text(text)
        self.builder.get_object(name).set_visible(bool(text))

    def _put(self, name: str = "", value: object = None) -> bool:
        """Set a property, and what was typed; say what the module refuses, and show what holds then."""
        module = self._module
        entries = {} if module.lost else self._entries
        typed = {key: entry.get_text().strip() for key, entry in entries.items()}
        wanted: dict[str, object] = {key: text for key, text in typed.items() if text != module.value(key)}
        if name:
            wanted[name] = value
        refused = "\n".join(filter(None, [module.set(key, new) for key, new in wanted.items()]))
        self.show_warning_message(refused)
        # Not at once: a widget cannot be filled anew while it is telling of its change.
        GLib.idle_add(self._fill)
        return not refused

    def on_enabled_toggled(self, button: Any) -> None:  # noqa: ANN401
        """Turn it on or off."""
        if not self._filling and self._put("Enabled", button.get_active()) and button.get_active():
            self._look.start(self._seen)

    def on_consent_toggled(self, button: Any) -> None:  # noqa: ANN401
        """Agree to what will be destroyed, or take it back."""
        if not self._filling:
            self._put("Consent", button.get_active())

    def on_selection_changed(self, combo: Any, name: str) -> None:  # noqa: ANN401
        """Choose a value."""
        if not self._filling:
            self._put(name, combo.get_active_id())

    def on_entry_activated(self, _entry: Any) -> None:  # noqa: ANN401
        """Take what was typed."""
        self._put()

    def on_look_clicked(self, _button: Any) -> None:  # noqa: ANN401
        """Look at the machine again."""
        if self._put():
            self._look.start(self._seen)

    def on_back_clicked(self, button: Any) -> None:  # noqa: ANN401
        """Go back to the hub, unless something was typed that the module refuses: the old value is shown again."""
        if self._module.lost or self._put():
            super().on_back_clicked(button)

"""The screens in their order: those that are filled in, then those of the run."""

from collections.abc import Sequence
from importlib import import_module
from typing import Final, cast

from zeus_installer.screens.form import Screen

FORMS: Final = ("machine", "password", "storage", "network", "access", "packages", "summary")


def form_screens() -> Sequence[Screen]:
    """Give the screens that are filled in."""
    return [cast("Screen", import_module(f"zeus_installer.screens.{name}").SCREEN) for name in FORMS]

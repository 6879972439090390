"""Errors that keep their type over D-Bus."""

from importlib import import_module


def register_errors() -> None:
    """Make their names known; must run after `dbus_error` exists and before anybody calls a module."""
    for name in ("configuration", "general", "installation", "module", "task"):
        import_module(f"{__name__}.{name}")

"""Telling a server how the installation goes (docs/reporting.md). Whatever it does, the installation goes on."""

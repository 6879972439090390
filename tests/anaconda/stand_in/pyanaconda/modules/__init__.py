"""The D-Bus modules."""

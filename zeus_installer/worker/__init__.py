"""The process that does the work for a user interface: one order in, JSON lines out (see `__main__`)."""

"""The `zeus` command: one thin file a subcommand."""

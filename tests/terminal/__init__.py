"""A real terminal for tests: programs run in a pty, keys go in, and what a person would see comes out."""

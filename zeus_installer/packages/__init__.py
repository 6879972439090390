"""Packages: one small port with two backends (dnf4, libdnf5) that work in a child process. No front end lives here."""

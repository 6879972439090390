"""Data that travels over D-Bus."""

"""Hubs of the text interface."""

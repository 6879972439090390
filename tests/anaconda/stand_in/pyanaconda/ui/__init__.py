"""The user interface, as far as an add-on's text spoke is shown in it."""

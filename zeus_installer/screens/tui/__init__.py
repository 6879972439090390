"""The wizard on a screen, by urwid: how the items of the forms look and take keys."""

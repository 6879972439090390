"""Disks as Zeus changes them: words, layouts, identity, holders, the table. Choosing them is `checks.disks`."""

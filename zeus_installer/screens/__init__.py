"""The console wizard: one file a screen, each declared as a form, shown by urwid (`tui`) or line by line (`plain`).

Nothing here imports dnf, blivet, parted or gi, nor what would (`plan`, `engine`, `steps`): the work is done by the
process of `worker`. It writes nothing but its draft below /run/zeus.
"""

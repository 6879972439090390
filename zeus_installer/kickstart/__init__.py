"""Kickstart files: what is wrong with one before a machine is started with it, and what ours do in the installer."""

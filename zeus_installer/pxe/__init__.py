"""Machines that boot over the network: a static tree for an inventory of them, and a bench that serves it."""

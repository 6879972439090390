"""The Anaconda add-on: the same plan and the same steps, at the right moments of an installation of Fedora.

This directory is the package `org_xenproject_zeus` of the installer image.
"""

"""The steps of an installation, one file each. A new step is one new file and one line in `registry`."""

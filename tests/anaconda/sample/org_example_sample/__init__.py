"""The package that Anaconda finds among its add-ons."""

"""The spokes that Anaconda's graphical interface collects."""

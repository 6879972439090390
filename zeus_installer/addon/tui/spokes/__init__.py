"""The spokes that Anaconda's text interface collects."""

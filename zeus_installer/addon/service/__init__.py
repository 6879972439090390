"""The add-on's D-Bus service: what Anaconda asks, and when. The work is done by the modules beside it."""

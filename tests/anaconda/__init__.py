"""Anaconda without Anaconda: a stand-in for what of it an add-on touches, and a small Boss that drives an add-on."""

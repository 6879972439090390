"""Tests, and the lab that they run in."""

"""Measurements, never assertions: each figure against its peer or its floor, interleaved in one run."""

"""The text interface, on simpleline."""

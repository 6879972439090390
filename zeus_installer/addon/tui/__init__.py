"""The text face of the add-on, on simpleline."""

"""The sample's D-Bus service."""

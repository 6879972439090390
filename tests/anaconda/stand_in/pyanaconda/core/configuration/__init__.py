"""The installer's configuration."""

"""Names on the bus."""

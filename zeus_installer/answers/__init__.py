"""What the operator wants: one schema, its readers, exact errors."""

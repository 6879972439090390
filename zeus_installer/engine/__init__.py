"""The engine: it runs a plan, keeps the journal, serves the events, and goes on after an interruption."""

"""Requirements: facts in, findings out. No check reads anything by itself."""

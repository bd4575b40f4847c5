"""The arithmetic that all indicators share, as the database computes it."""

"""One run: what is asked of it, its steps in order, and what it keeps and says of itself."""

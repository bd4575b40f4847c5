"""What an operator does beside the nightly run: look at its state, verify what is kept, repair."""

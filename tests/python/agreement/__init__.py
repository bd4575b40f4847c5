"""The built marts held against computations that share nothing with them."""

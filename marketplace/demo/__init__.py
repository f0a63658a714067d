"""The demo market: what it looks like and what is in it."""

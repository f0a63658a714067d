"""Money as a whole: random walks through everything that moves it, against a small model."""

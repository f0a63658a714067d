"""What shop pages read; every function runs a fixed number of queries."""

"""What only templates need of money."""

"""What only the shop's templates need."""

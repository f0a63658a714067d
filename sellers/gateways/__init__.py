"""What sellers asks of other people's packages."""

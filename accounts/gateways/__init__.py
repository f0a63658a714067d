"""What accounts asks of other people's packages."""

"""What orders' pages read; import from the modules."""

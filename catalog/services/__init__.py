"""The only writers of the catalogue's tables."""

"""The public pages of the customs desk."""

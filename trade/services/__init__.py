"""What changes the customs desk's tables; one module a subject."""

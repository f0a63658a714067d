"""The public interface of the catalogue and of the open desk, under /api/v1/."""

"""Small value types every app may use; no models, no Django models knowledge."""

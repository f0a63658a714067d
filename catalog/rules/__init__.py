"""What prices, parcels and searches mean; pure."""

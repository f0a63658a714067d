"""The verbs of buying and selling; import them from their own modules."""

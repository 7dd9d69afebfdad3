"""The verbs of the house: one use case, one function, one transaction."""

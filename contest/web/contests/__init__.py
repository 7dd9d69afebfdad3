"""Doors of contests: the public front page, the rulebook, opening and extending."""

"""Doors of health: whether the house stands."""

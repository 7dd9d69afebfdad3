"""Doors of results: the organizer decides and publishes, papers are printed, the public reads."""

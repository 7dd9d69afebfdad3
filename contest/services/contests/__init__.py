"""Contests and their rulebook: created, opened, changed version by version, copied to the next year."""

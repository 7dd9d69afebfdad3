"""Doors of entries: the author's steps, the review, the receipt."""

"""Doors of files: sending them, and looking at originals and copies by those who may."""

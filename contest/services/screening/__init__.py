"""Screening: what the rules say of each dossier, what the secretary decides, and what judges may be shown."""

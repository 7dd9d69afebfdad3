"""Entries: drafting, files, submitting versions, withdrawing, and entering a dossier for somebody else."""

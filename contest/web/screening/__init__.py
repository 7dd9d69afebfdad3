"""Doors of screening: the queue, one dossier with verdicts and evidence, the secretary's acts."""

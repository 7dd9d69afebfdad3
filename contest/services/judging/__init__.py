"""Judging: rounds and panels, who scores what, the sheets, and what the chair watches."""

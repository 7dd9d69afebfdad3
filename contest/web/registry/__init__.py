"""Doors of units and exemplars: pickers for forms, and the public pages."""

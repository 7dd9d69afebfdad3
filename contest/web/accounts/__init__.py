"""Doors of accounts: coming in, getting back in, looking after oneself."""

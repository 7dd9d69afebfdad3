"""The check of a file before it is kept: run as a short process of its own that limits itself.

It never opens the database, needs no network, and answers with one JSON object.
"""

"""The doors: HTTP in, HTML out. Knows Flask; decides nothing about the contest."""

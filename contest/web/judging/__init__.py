"""Doors of judging: the organizer sets rounds up, judges score, chairs watch and close, the secretary types paper in."""

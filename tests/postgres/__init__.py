"""What only PostgreSQL with several workers can show."""

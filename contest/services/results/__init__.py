"""Results: rounds closed into outcomes, shortlists, prizes and what people change in them, publications."""

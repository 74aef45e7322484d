"""Documents in, extractions out: opening, reading and finding fields."""

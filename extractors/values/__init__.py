"""Text to values: money, dates, words, identifiers and names. Pure."""

"""Extractions in, decisions out: looking up, comparing, deciding."""

"""Decisions in, deliveries and cases out; the journal of all that happened."""

"""Fits what signs weigh and what a score is worth, on labelled pages."""

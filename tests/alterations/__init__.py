"""Checks against a ledger that states another amount, or with figures and words of two checks."""

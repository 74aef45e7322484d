"""The way of the database from each form it ever had to the newest, with all that it holds.

A new step is a file in `versions/`; `outbox.schema.NEWEST` names the last one. Released steps are
never changed.
"""

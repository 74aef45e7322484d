"""The forms in which finance gets its postings."""

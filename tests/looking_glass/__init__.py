"""How well we read: a labelled set read, scored, and its failures laid out on a page."""

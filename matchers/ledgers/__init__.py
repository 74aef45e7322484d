"""Where open items are kept and how exports come in."""

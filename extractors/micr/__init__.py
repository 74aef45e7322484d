"""E-13B, the magnetic line of checks: its glyphs, its reader and its grammar."""

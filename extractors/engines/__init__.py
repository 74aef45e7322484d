"""The readers of page images, behind one protocol."""

"""One module for each kind of mail: pages in, fields out."""

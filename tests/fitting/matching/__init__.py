"""The fit of the matcher's weights of evidence, on generated ledgers."""

"""Lines of E-13B as they come, drawn; the reader of code lines that learns from them."""

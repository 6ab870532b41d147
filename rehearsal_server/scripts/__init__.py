"""Play texts in, one `Script` out."""

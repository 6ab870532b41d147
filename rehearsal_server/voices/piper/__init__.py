"""Piper voices (github.com/OHF-Voice/piper1-gpl), where one is configured by its path."""

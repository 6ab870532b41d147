"""Voices that speak: the engine port, its engines and the cache."""

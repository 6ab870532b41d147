"""Learned models, their cards and the runtime that serves them."""

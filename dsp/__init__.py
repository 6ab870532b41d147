"""Arithmetic on arrays of streams: no I/O, no clock, no model runtime."""

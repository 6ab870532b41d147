"""The rehearsal server: the product, on top of `models`, `storage` and `dsp`."""

__version__ = "0.1.0"

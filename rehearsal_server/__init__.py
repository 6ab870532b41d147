"""The rehearsal server: the product, on top of `models`, `storage` and `dsp`."""

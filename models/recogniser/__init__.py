"""Speech recognition: one port, and the engines behind it."""

"""Whether an instrument is being played, as against speech, television and noise."""

"""flite, from Debian: more natural than espeak-ng, sixty milliseconds slower, English only."""

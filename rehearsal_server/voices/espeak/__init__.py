"""espeak-ng, the embedded default voice, behind a pipe.

The library is GPL-3 and keeps its state in globals, so it is loaded by `worker` only, a process
of its own. `wire` is all that the two sides share.
"""

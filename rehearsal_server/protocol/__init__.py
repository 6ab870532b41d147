"""The messages on the socket, their codecs and close codes; no I/O."""

"""The live shell: socket, outbox, step scheduler."""

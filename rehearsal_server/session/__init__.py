"""The sans-I/O session core: features and messages in, events and requests out."""

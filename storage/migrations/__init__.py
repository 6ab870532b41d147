"""How a database gets from each version of the tables to the next.

A change of `storage.tables` needs a new file in `versions`, with the way up and the way down; the
drift test says so when one is missing.
"""

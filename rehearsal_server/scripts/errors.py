"""What goes wrong when a play text cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class ScriptError(ValueError):
    """The uploaded material holds no script that we can read.

    Parameters
    ----------
    message : str
        One sentence for the person who uploaded it: what is wrong and what to do.
    source_line : int
        1-based line of the upload the message is about; 0 if it is about the whole.
    """

    def __init__(self, message: str, source_line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.source_line = source_line


@contextmanager
def damage_told_as(message: str) -> Iterator[None]:
    """Tell any fault of a reading library as a damaged file.

    Libraries raise whatever a broken file happens to break inside them: KeyError, zlib.error,
    RecursionError, ...
    """
    try:
        yield
    except ScriptError:
        raise
    except Exception as error:
        raise ScriptError(message) from error

"""Take the emphasis marks out of a text that a performer reads."""

from __future__ import annotations

import re

# A mark opens before a letter and closes after one, as in Markdown, so that "2 * 3" and
# "snake_case" stay. The length bound keeps hostile input from costing quadratic time.
_EMPHASIS = re.compile(
    r"""
    (?<![\\*]) (?P<stars>\*{1,3}) (?=[^\s*])
        (?P<starred>[^*]{1,2000}?) (?<![\s\\]) (?P=stars) (?!\*)
    | (?<![\w\\]) _ (?=[^\s_]) (?P<underlined>[^_]{1,2000}?) (?<![\s\\]) _ (?!\w)
    """,
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\([*_])")
_DEEPEST_NESTING = 4  # _***word***_


def without_emphasis(text: str) -> str:
    r"""Remove ``*italic*``, ``**bold**`` and ``_underlined_``; ``\*`` becomes ``*``.

    The marks are those of Fountain 1.1 (fountain.io/syntax#emphasis), which Markdown and
    Project Gutenberg's plain texts share.
    """
    for _ in range(_DEEPEST_NESTING):
        bare = _EMPHASIS.sub(lambda m: m["starred"] or m["underlined"], text)
        if bare == text:
            break
        text = bare
    return _ESCAPED.sub(r"\1", text)

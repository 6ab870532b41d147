"""A line as written -> the text to speak, and where each of its words stands in both.

`Line.text` holds no directions, but it is still typography: quotation marks, dashes, capitals for
emphasis. Synthesisers read some of that aloud ("quote"), spell capitals, or say "grinning face".
What they get is plain, and each of its words knows where it stands in the line.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from rehearsal_server.scripts.words import words as words_of

Span = tuple[int, int]  # [start, end) in characters

_TITLES = "Mr Mrs Ms Dr St Rev Prof Capt Lt Col Gen Messrs".split()
_AFTER_TITLE = "|".join(rf"(?<=\b{title})" for title in _TITLES)

_REWRITES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # First of all: below, a long run of blanks would cost quadratic time.
        (r"\s+", " "),
        # A title's full stop would end the sentence in the middle of a name.
        (rf"(?:{_AFTER_TITLE})\.(?=\s)", ""),
        (r"[’‘‛ʼ‚]", "'"),
        (r"(?<!\w)'|'(?!\w)|[\"“”„«»‹›‟]", ""),
        # A line that trails or breaks off keeps its voice up, as before a comma or a semicolon.
        (r"\s*(?:…|\.(?:\s?\.)+)[….]*", "; "),
        (r"\s*(?:-{2,}|[—–―]+|/{2,}|(?<=\s)-(?=\s))\s*", ", "),
        (r"&", " and "),
        # The stops of scripts that write no space after them.
        (r"[。।]", ". "),
        (r"[，、،]", ", "),
        (r"[；：؛]", "; "),
        (r"！", "! "),
        (r"[？؟]", "? "),
    )
)
_TIDYING = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\s+", " "),
        (r" (?=[.,;:?!])", ""),
        (r"[,;](?: ?[,;])* ?(?=[.,;:?!])", ""),
        (r"^[\s.,;:?!-]+|\s+$", ""),
    )
)
_SPEAKABLE_SIGNS = frozenset(" .,;:?!'-%+=/°@")

# In capitals these are shouted, not spelled. Longer words with a vowel are taken for words; other
# short ones (BBC, FBI, TV) stay as they are, and the engine spells them.
_SHORT_WORDS = frozenset(
    "AM AN AND ANY ARE AS AT BE BUT BY CAN DID DO FOR GET GO GOD HAD HAS HE HER HEY HIM HIS HOW "
    "IF IN IS IT ITS LET MAY ME MY NO NOR NOT NOW OF OFF OH ON ONE OR OUR OUT OWN SAY SEE SHE "
    "SIR SO THE TO TOO TWO UP US WAS WAY WE WHO WHY YES YET YOU".split()
)
_VOWEL = re.compile(r"[AEIOUYÀ-ÖØ-Þ]")

# Not after an initial ("A. J. Worthing").
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])[.?!] ")
_CLAUSE_END = re.compile(r"[,;:] ")
_SPACE = re.compile(r" ")


class SpokenWord(NamedTuple):
    """Where a word stands: in the text to speak, and in the line as written."""

    start: int
    end: int
    char_start: int
    char_end: int


class SpokenText(NamedTuple):
    """What an engine is given to say; `text` is empty where there is nothing to say."""

    source: str  # the line as written
    text: str  # letters, digits and the punctuation that shapes speech
    words: tuple[SpokenWord, ...] = ()
    emphasised: tuple[Span, ...] = ()  # spans of `text` that stood in capitals

    def words_in(self, passage: Span) -> tuple[SpokenWord, ...]:
        """The words of a span of `text`."""
        return tuple(word for word in self.words if passage[0] <= word.start < passage[1])


def spoken_text(line: str) -> SpokenText:
    """Prepare the words of a line for a synthesiser."""
    text, origin = line, tuple(range(len(line)))
    for pattern, replacement in _REWRITES:
        text, origin = _rewrite(text, origin, pattern, replacement)
    text = "".join(char if _is_speakable(char) else " " for char in text)
    for pattern, replacement in _TIDYING:
        text, origin = _rewrite(text, origin, pattern, replacement)
    words = tuple(_words(line, text, origin))
    if not words:
        return SpokenText(line, "")
    text, emphasised = _with_small_letters(text, words)
    return SpokenText(line, text, words, emphasised)


def passages(
    spoken: SpokenText, *, limit_chars: int, first_limit_chars: int | None = None
) -> Iterator[Span]:
    """Cut a text into sentences, and long sentences where a voice may pause.

    Parameters
    ----------
    spoken : SpokenText
    limit_chars : int > 0
        A longer sentence is cut at the last clause end within the limit, else at the last space;
        only a longer word makes a longer passage.
    first_limit_chars : int > 0, optional
        The limit of the first passage, which the listener waits for.

    Yields
    ------
    tuple of int
        Spans of ``spoken.text``, in order, with one space between.
    """
    start, limit = 0, first_limit_chars or limit_chars
    while start < len(spoken.text):
        end = _passage_end(spoken.text, start, start + limit)
        yield start, end
        start, limit = end + 1, limit_chars


def _passage_end(text: str, start: int, limit: int) -> int:
    sentence_end = _SENTENCE_END.search(text, start, limit + 1)
    if sentence_end:
        return sentence_end.end() - 1
    if len(text) <= limit:
        return len(text)
    for boundary in (_CLAUSE_END, _SPACE):
        ends = [match.end() - 1 for match in boundary.finditer(text, start, limit + 1)]
        if ends:
            return ends[-1]
    next_space = text.find(" ", limit)
    return len(text) if next_space < 0 else next_space


def _words(line: str, text: str, origin: tuple[int, ...]) -> Iterator[SpokenWord]:
    for _, char_start, char_end in words_of(line):
        start, end = bisect_left(origin, char_start), bisect_left(origin, char_end)
        # "&" became " and ".
        start += len(text[start:end]) - len(text[start:end].lstrip())
        end = start + len(text[start:end].rstrip())
        if start < end:
            yield SpokenWord(start, end, char_start, char_end)


def _rewrite(
    text: str, origin: tuple[int, ...], pattern: re.Pattern[str], replacement: str
) -> tuple[str, tuple[int, ...]]:
    """`re.sub` that keeps the origins; what is put in comes from where the match began."""
    pieces: list[str] = []
    origins: list[int] = []
    position = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        pieces += text[position:start], replacement
        origins += origin[position:start]
        origins += [origin[start]] * len(replacement)
        position = end
    return "".join(pieces) + text[position:], (*origins, *origin[position:])


def _is_speakable(char: str) -> bool:
    if char in _SPEAKABLE_SIGNS:
        return True
    category = unicodedata.category(char)
    # The variation selectors that follow an emoji are marks (Mn) as well.
    is_selector = "\ufe00" <= char <= "\ufe0f"
    return category[0] in "LN" or (category in ("Mn", "Mc", "Sc") and not is_selector)


def _with_small_letters(text: str, words: tuple[SpokenWord, ...]) -> tuple[str, tuple[Span, ...]]:
    """Write shouted words small, lest they are spelled; a text all in capitals stresses none."""
    all_capitals = text.isupper() and len(words) > 1
    spans = ((word.start, word.end) for word in words)
    shouted = tuple((a, b) for a, b in spans if all_capitals or _is_shouted(text[a:b]))
    for start, end in shouted:
        # A letter whose small form is longer (İ) would shift what follows.
        small = "".join(c.lower() if len(c.lower()) == 1 else c for c in text[start:end])
        text = text[:start] + small + text[end:]
    return text, () if all_capitals else shouted


def _is_shouted(word: str) -> bool:
    if not word.isupper() or not word.isalpha():
        return False
    return word in _SHORT_WORDS or (len(word) >= 4 and _VOWEL.search(word) is not None)

"""What became of each written word, and what was said besides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from rehearsal_server.scripts.words import words
from rehearsal_server.wording.alignment import Said
from rehearsal_server.wording.forms import plain

Outcome = Literal["said", "omitted", "substituted", "prompted"]
ExtraKind = Literal["insertion", "repetition", "self_correction", "filled_pause"]

FILLED_PAUSES = frozenset("um uh uhm erm er hm hmm mm mhm".split())


@dataclass(frozen=True)
class WordOutcome:
    """One written word.

    Attributes
    ----------
    text : str
        As written.
    outcome : str
    heard : str or None
        What was said in its place, where that is known.
    start_ms, end_ms : int or None
        When it, or what stands for it, was said; None if nothing was.
    """

    text: str
    outcome: Outcome
    heard: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True)
class Extra:
    """Something that was said and is not in the line.

    Attributes
    ----------
    kind : str
    text : str
        As it was heard; empty where that is not known.
    before_word : int
        The written word that was said next; the number of words at the end of the line.
    start_ms, end_ms : int
    """

    kind: ExtraKind
    text: str
    before_word: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Wording:
    """A take, word by word."""

    words: tuple[WordOutcome, ...]
    extras: tuple[Extra, ...]


def judge_wording(text: str, said: Sequence[Said], prompted: Collection[int] = ()) -> Wording:
    """Compare what was said with a line.

    Parameters
    ----------
    text : str
        The line.
    said : sequence of Said
        In order of time, from `alignment.align` or from a script follower. Of several that are
        one written word, the last counts.
    prompted : collection of int
        Indices of the words that a prompter gave away: they don't count as known.
    """
    written = [word.text for word in words(text)]
    counted = _counted(said)
    outcomes = tuple(
        _outcome(word, counted.get(index), is_prompted=index in prompted)
        for index, word in enumerate(written)
    )
    return Wording(outcomes, tuple(_extras(written, said, set(counted.values()))))


def _counted(said: Sequence[Said]) -> dict[int, Said]:
    """Of each written word the last right rendition, or else the last."""
    counted: dict[int, Said] = {}
    for one in said:
        if one.word is not None and (one.is_right or not _is_right(counted.get(one.word))):
            counted[one.word] = one
    return counted


def _is_right(said: Said | None) -> bool:
    return said is not None and said.is_right


def _outcome(text: str, said: Said | None, *, is_prompted: bool) -> WordOutcome:
    if said is None:
        return WordOutcome(text, "prompted" if is_prompted else "omitted")
    outcome: Outcome = "said" if said.is_right else "substituted"
    heard = None if said.is_right else said.text or None
    return WordOutcome(
        text, "prompted" if is_prompted else outcome, heard, said.start_ms, said.end_ms
    )


def _extras(written: Sequence[str], said: Sequence[Said], counted: set[Said]) -> list[Extra]:
    extras: list[Extra] = []
    start = 0
    while start < len(said):
        end = start
        while end < len(said) and said[end] not in counted:
            end += 1
        if end > start:
            extras.append(_extra(written, said, start, end))
        start = end + 1
    return extras


def _extra(written: Sequence[str], said: Sequence[Said], start: int, end: int) -> Extra:
    """One run of what is not the line's: `said[start:end]`."""
    run = said[start:end]
    spoken = [_text(written, one) for one in said]
    kind = _kind(spoken[start:end], spoken[:start], spoken[end:])
    if kind == "insertion" and any(one.word is not None for one in run):
        # A follower knows the words of the line only: some were said, and then said again.
        is_clean = all(one.word is not None for one in run)
        kind = "repetition" if is_clean else "self_correction"
    text = " ".join(word for word in spoken[start:end] if word)
    return Extra(kind, text, _next_word(written, said, end), run[0].start_ms, run[-1].end_ms)


def _next_word(written: Sequence[str], said: Sequence[Said], end: int) -> int:
    after = said[end].word if end < len(said) else None
    return len(written) if after is None else after


def _text(written: Sequence[str], said: Said) -> str:
    return said.text or (plain(written[said.word]) if said.word is not None else "")


def _kind(run: list[str], before: list[str], after: list[str]) -> ExtraKind:
    """What a run of words is, by the words around it."""
    if all(word in FILLED_PAUSES for word in run):
        return "filled_pause"
    run = [word for word in run if word not in FILLED_PAUSES]
    if not all(run):
        return "insertion"
    if run in (after[: len(run)], before[-len(run) :]):
        return "repetition"
    common = next((i for i, (a, b) in enumerate(zip(run, after, strict=False)) if a != b), 0)
    is_false_start = bool(after) and len(run) == 1 and after[0].startswith(run[0])
    return "self_correction" if common or is_false_start else "insertion"

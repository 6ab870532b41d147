"""What became of a line's words in one take: from the follower's trace to what is told and kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from models.following.heard import WordHeard
from rehearsal_server.protocol.fields import ExtraWords, LineWord
from rehearsal_server.session.word_position import SURE_FIT
from rehearsal_server.wording.accuracy import gist_accuracy, verbatim_accuracy
from rehearsal_server.wording.alignment import Said
from rehearsal_server.wording.miscues import Wording, judge_wording

ENGINE = "script_following"
# A shorter sound between two words is a breath, a smack, or the edge of one of them.
LEAST_OTHER_MS = 250


def judge_words(text: str, heard: Sequence[WordHeard], prompted: Collection[int]) -> Wording | None:
    """Judge a take; None if its words were not followed, or none was heard.

    Parameters
    ----------
    text : str
    heard : sequence of WordHeard
        In order of time; a word that was said again comes again.
    prompted : collection of int
        Words that a prompter gave away.
    """
    if not heard:
        return None
    return judge_wording(text, tuple(_said(heard)), prompted)


def told_words(wording: Wording | None) -> tuple[LineWord, ...]:
    """Every written word, as it is told."""
    return tuple(
        LineWord(
            text=word.text,
            outcome=word.outcome,
            start_ms=word.start_ms,
            end_ms=word.end_ms,
            heard=word.heard,
        )
        for word in (wording.words if wording else ())
    )


def told_extras(wording: Wording | None) -> tuple[ExtraWords, ...]:
    """What was said besides, as it is told."""
    return tuple(
        ExtraWords(
            kind=extra.kind,
            text=extra.text,
            before_word=extra.before_word,
            start_ms=extra.start_ms,
            end_ms=extra.end_ms,
        )
        for extra in (wording.extras if wording else ())
    )


def word_scores(wording: Wording | None) -> dict[str, float]:
    """Accuracy to the letter and in substance, 0 to 100."""
    if wording is None:
        return {}
    scores = {"verbatim": verbatim_accuracy(wording), "gist": gist_accuracy(wording)}
    return {name: score for name, score in scores.items() if score is not None}


def kept_wording(wording: Wording | None) -> dict[str, Any]:
    """What a saved take keeps; `accuracy` is the share of words said, as statistics take it."""
    if wording is None:
        return {}
    scores = word_scores(wording)
    share = {"accuracy": scores["verbatim"] / 100} if "verbatim" in scores else {}
    return {**share, **scores, "wording": {**msgspec.to_builtins(wording), "engine": ENGINE}}


def _said(heard: Sequence[WordHeard]) -> Iterator[Said]:
    """The trace, with whatever else was said: in place of words that were left out, or besides."""
    behind = -1
    for word in heard:
        if word.other_ms >= LEAST_OTHER_MS:
            start_ms = word.start_ms - word.other_ms
            instead = range(behind + 1, word.word) or (None,)
            for missing in instead:
                yield Said(missing, False, "", start_ms, word.start_ms)
        yield Said(word.word, word.fit > SURE_FIT, "", word.start_ms, word.end_ms)
        behind = word.word

"""What every recogniser promises; real engines, with whatever model can be had here."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from models.recogniser.port import SAMPLE_RATE_HZ, Hypothesis, Pcm, Recogniser, recognise


def stream_in_pieces(recogniser: Recogniser, samples: Pcm, piece: int) -> list[Hypothesis]:
    stream = recogniser.open()
    told = [
        hypothesis
        for start in range(0, len(samples), piece)
        if (hypothesis := stream.accept(samples[start : start + piece])) is not None
    ]
    told.append(stream.finish())
    stream.close()
    return told


def test_words_are_in_order_inside_the_audio(recogniser: Recogniser, utterance: Pcm) -> None:
    words = recognise(recogniser, utterance).words
    assert words
    edges = [edge for word in words for edge in (word.start_ms, word.end_ms)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= 1000 * len(utterance) // SAMPLE_RATE_HZ
    assert all(word.text == word.text.strip().lower() for word in words)


def test_final_words_carry_a_confidence(recogniser: Recogniser, utterance: Pcm) -> None:
    final = recognise(recogniser, utterance)
    assert final.is_final
    assert all(w.confidence is not None and 0 <= w.confidence <= 1 for w in final.words)
    assert final.confidence is not None


def test_partials_come_while_somebody_speaks_and_only_when_they_change(
    recogniser: Recogniser, utterance: Pcm
) -> None:
    *partials, final = stream_in_pieces(recogniser, utterance, SAMPLE_RATE_HZ // 10)
    assert recogniser.has_partials
    assert partials
    assert not any(partial.is_final for partial in partials)
    assert all(a.words != b.words for a, b in pairwise(partials))
    assert final.is_final


@pytest.mark.parametrize("piece", [320, 777, 16_000])
def test_the_cutting_of_the_audio_does_not_matter(
    recogniser: Recogniser, utterance: Pcm, piece: int
) -> None:
    assert stream_in_pieces(recogniser, utterance, piece)[-1] == recognise(recogniser, utterance)


def test_silence_is_no_words(recogniser: Recogniser) -> None:
    assert recognise(recogniser, np.zeros(SAMPLE_RATE_HZ, np.int16)).words == ()


def test_no_audio_is_no_words(recogniser: Recogniser) -> None:
    assert recognise(recogniser, np.zeros(0, np.int16)) == Hypothesis((), is_final=True)


def test_times_start_anew_with_every_utterance(recogniser: Recogniser, utterance: Pcm) -> None:
    stream = recogniser.open()
    finals = []
    for _ in range(2):
        stream.accept(utterance)
        finals.append(stream.finish())
    stream.close()
    last_ms = 1000 * len(utterance) // SAMPLE_RATE_HZ
    assert all(final.words[-1].end_ms <= last_ms for final in finals)


def test_streams_do_not_mix(recogniser: Recogniser, utterance: Pcm) -> None:
    alone = recognise(recogniser, utterance)
    one, other = recogniser.open(), recogniser.open()
    for start in range(0, len(utterance), 1600):
        one.accept(utterance[start : start + 1600])
        other.accept(np.zeros(1600, np.int16))
    assert one.finish() == alone
    assert other.finish().words == ()


def test_a_closed_stream_leaves_room_for_others(recogniser: Recogniser, utterance: Pcm) -> None:
    for _ in range(6):
        stream = recogniser.open()
        stream.accept(utterance[:SAMPLE_RATE_HZ])
        stream.close()
    assert recognise(recogniser, utterance).words

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsp.clock import HOP_MS, HOP_SAMPLES
from rehearsal_server.transcripts.utterances import (
    END_SILENCE_MS,
    LEAD_IN_MS,
    LONGEST_MS,
    Piece,
    UtteranceCutter,
    UtteranceEnd,
)
from tests.rehearsal_server.transcripts.hops import hops

HOP_BYTES = 2 * HOP_SAMPLES


def cut(*stretches: tuple[bool, int]) -> list[Piece | UtteranceEnd]:
    cutter = UtteranceCutter()
    items = [item for hop, samples in hops(*stretches) for item in cutter.hear(hop, samples)]
    return [*items, *cutter.close()]


def hop_numbers(items: list[Piece | UtteranceEnd], utterance: int) -> list[int]:
    pcm = b"".join(i.pcm for i in items if isinstance(i, Piece) and i.utterance == utterance)
    return [int(number) for number in np.frombuffer(pcm, "<i2")[::HOP_SAMPLES]]


def test_silence_is_no_utterance() -> None:
    assert cut((False, 5000)) == []


def test_an_utterance_begins_before_speech_was_sure_and_ends_after_a_silence() -> None:
    items = cut((False, 1000), (True, 400), (False, 2000))
    first_hop = (1000 - LEAD_IN_MS) // HOP_MS + 1
    last_hop = (1400 + END_SILENCE_MS) // HOP_MS
    assert hop_numbers(items, 1) == list(range(first_hop, last_hop + 1))
    assert items[-1] == UtteranceEnd(1)
    assert {i.start_ms for i in items if isinstance(i, Piece)} == {1000 - LEAD_IN_MS}


def test_a_breath_does_not_end_it() -> None:
    items = cut((True, 400), (False, END_SILENCE_MS - HOP_MS), (True, 400))
    assert [i for i in items if isinstance(i, UtteranceEnd)] == [UtteranceEnd(1)]


def test_who_never_pauses_is_cut() -> None:
    items = cut((True, 2 * LONGEST_MS + 1000))
    assert [i for i in items if isinstance(i, UtteranceEnd)] == [
        UtteranceEnd(1),
        UtteranceEnd(2),
        UtteranceEnd(3),
    ]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 2000)), max_size=8))
def test_no_speech_is_lost_and_nothing_comes_twice(stretches: list[tuple[bool, int]]) -> None:
    items = cut(*stretches)
    numbers = [number for utterance in range(1, 20) for number in hop_numbers(items, utterance)]
    assert numbers == sorted(set(numbers))
    spoken = {hop.end_ms // HOP_MS for hop, _ in hops(*stretches) if hop.is_speech}
    assert spoken <= set(numbers)
    begun = {i.utterance for i in items if isinstance(i, Piece)}
    assert {i.utterance for i in items if isinstance(i, UtteranceEnd)} == begun

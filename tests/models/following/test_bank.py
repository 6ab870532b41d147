from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from models.following.bank import FollowingBank
from models.following.heard import NO_WORD, Heard
from models.following.line_graph import LineGraph, build_line_graph
from rehearsal_server.audio_files import read_mono
from tests.models.acoustic.samples import acoustic_model, dictionary
from tests.shared_data import shared_data

TEXT = "he was not an ill disposed young man"
HOPS_BEFORE = 20


@cache
def graph(text: str = TEXT) -> LineGraph:
    words = text.split()
    return build_line_graph(acoustic_model(), [dictionary().pronunciations(w) for w in words])


@cache
def hops(name: str = "0880") -> np.ndarray:
    """A recorded sentence with half a second of a quiet room around it."""
    speech = read_mono(shared_data(f"austen/{name}.flac"), ANALYSIS_RATE_HZ)
    rng = np.random.default_rng(0)
    before, after = HOPS_BEFORE * HOP_SAMPLES, 25 * HOP_SAMPLES
    room = (1e-3 * rng.standard_normal(before + len(speech) + after)).astype(np.float32)
    room[before : before + len(speech)] += speech
    return room[: len(room) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)


def follow(
    audio: np.ndarray,
    *,
    armed_at_hop: int = 0,
    from_position: int = 0,
    line: LineGraph | None = None,
) -> list[Heard]:
    bank = FollowingBank(acoustic_model(), capacity=1)
    slot = bank.acquire()
    heard: list[Heard] = []
    for number, hop in enumerate(audio):
        if number == armed_at_hop:
            bank.arm(slot, line or graph(), from_position)
        heard += bank.step(np.array([slot]), hop[None])[0]
    return heard


def words_of(heard: Sequence[Heard]) -> list[int]:
    return [word.word for word in heard[-1].words]


def test_a_sentence_is_followed_to_its_end() -> None:
    heard = follow(hops())
    assert words_of(heard) == list(range(8))
    assert heard[-1].boundary == 8
    assert heard[-1].is_silent


def test_times_are_those_of_another_aligner() -> None:
    # CMU's own, in milliseconds of the recording: "he" and "man".
    last = follow(hops())[-1].words
    shift = HOPS_BEFORE * 20
    assert last[0].start_ms - shift == pytest.approx(200, abs=60)
    assert last[-1].end_ms - shift == pytest.approx(2740, abs=60)


def test_each_hop_is_told_once_in_order() -> None:
    ends = [heard.end_ms for heard in follow(hops())]
    assert ends == [20 * (number + 1) for number in range(len(hops()))]


def test_a_word_left_out_is_noticed() -> None:
    text = "he was not an exceedingly ill disposed young man"
    assert words_of(follow(hops(), line=graph(text))) == [0, 1, 2, 3, 5, 6, 7, 8]


def test_another_line_is_not_accepted() -> None:
    heard = follow(hops("0890"))
    assert len(set(words_of(heard))) < 6


@pytest.mark.parametrize("late_hops", [1, 7, 30])
def test_arming_late_changes_nothing(late_hops: int) -> None:
    from_position = 10 * HOP_SAMPLES
    at_once = follow(hops(), armed_at_hop=10, from_position=from_position)
    late = follow(hops(), armed_at_hop=10 + late_hops, from_position=from_position)
    by_end = {heard.end_ms: heard for heard in at_once}
    assert all(by_end[heard.end_ms] == heard for heard in late)
    assert late[-1] == at_once[-1]


def test_before_its_first_frame_nothing_is_heard_of_a_line() -> None:
    heard = follow(hops()[:5], from_position=30 * HOP_SAMPLES)
    assert [(h.words, h.word) for h in heard] == [((), NO_WORD)] * 5


def test_it_does_not_matter_how_late_a_line_is_said_to_be_over() -> None:
    def second_line(disarmed_at_hop: int) -> Heard:
        bank = FollowingBank(acoustic_model(), capacity=1)
        slot = bank.acquire()
        bank.arm(slot, graph(), 0)
        last: Heard | None = None
        audio = np.concatenate([hops(), hops()])
        for number, hop in enumerate(audio):
            if number == disarmed_at_hop:
                bank.disarm(slot, len(hops()) * HOP_SAMPLES)
                bank.arm(slot, graph(), (len(hops()) + 2) * HOP_SAMPLES)
            found = bank.step(np.array([slot]), hop[None])[0]
            last = found[-1]
        assert last is not None
        return last

    assert second_line(len(hops())) == second_line(len(hops()) + 9)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=40, max_size=120))
def test_streams_followed_together_are_equal_to_each_alone(steps: list[set[int]]) -> None:
    bank = FollowingBank(acoustic_model(), capacity=1)  # grows as they come
    slots = [bank.acquire() for _ in range(3)]
    audio = [hops(), hops()[7:], hops("0890")]
    for slot in slots:
        bank.arm(slot, graph(), 0)
    done = [0, 0, 0]
    heard: list[list[Heard]] = [[], [], []]
    for step in steps:
        due = [stream for stream in sorted(step) if done[stream] < len(audio[stream])]
        if not due:
            continue
        found = bank.step(
            np.array([slots[stream] for stream in due]),
            np.stack([audio[stream][done[stream]] for stream in due]),
        )
        for stream, new in zip(due, found, strict=True):
            heard[stream] += new
            done[stream] += 1
    for stream in range(3):
        if done[stream]:
            assert heard[stream] == follow(audio[stream][: done[stream]])


def test_a_released_slot_begins_anew() -> None:
    bank = FollowingBank(acoustic_model(), capacity=1)
    slot = bank.acquire()
    bank.arm(slot, graph(), 0)
    for hop in hops():
        bank.step(np.array([slot]), hop[None])
    bank.release(slot)
    again = bank.acquire()
    bank.arm(again, graph(), 0)
    heard = [h for hop in hops() for h in bank.step(np.array([again]), hop[None])[0]]
    assert heard == follow(hops())


def test_a_stream_may_be_taken_up_in_its_middle() -> None:
    bank = FollowingBank(acoustic_model(), capacity=1)
    slot = bank.acquire(100 * HOP_SAMPLES)
    bank.arm(slot, graph(), 0)
    heard = [h for hop in hops() for h in bank.step(np.array([slot]), hop[None])[0]]
    assert heard[0].end_ms == 101 * 20
    assert words_of(heard) == list(range(8))


def test_a_line_that_is_over_before_it_was_heard_leaves_nothing() -> None:
    bank = FollowingBank(acoustic_model(), capacity=1)
    slot = bank.acquire()
    bank.arm(slot, graph(), 0)
    bank.disarm(slot, 0)
    heard = bank.step(np.array([slot]), np.zeros((1, HOP_SAMPLES), np.float32))
    assert heard == [()]

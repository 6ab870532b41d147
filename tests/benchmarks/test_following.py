from __future__ import annotations

import numpy as np

from benchmarks.follow_take import Followed, follow_takes
from benchmarks.following import measure
from benchmarks.miscues import Take, clean, in_babble, insert, make_babble, skip_word, wrong_line
from benchmarks.spoken_lines import Ear, SpokenLine, align
from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.audio_files import read_mono
from tests.models.acoustic.samples import acoustic_model, dictionary
from tests.shared_data import shared_data

TEXTS = {
    "0880": "he was not an ill disposed young man",
    "0890": "unless to be rather cold hearted and rather selfish is to be ill disposed",
}


def _lines() -> tuple[Ear, list[SpokenLine]]:
    spoken = {word for text in TEXTS.values() for word in text.split()}
    ear = Ear(acoustic_model(), {word: dictionary().pronunciations(word) for word in spoken})
    lines = [
        SpokenLine(
            name,
            "austen",
            "austen",
            text,
            read_mono(shared_data(f"austen/{name}.flac"), ANALYSIS_RATE_HZ),
            np.zeros((0, 2), np.int64),
        )
        for name, text in TEXTS.items()
    ]
    return ear, align(ear, lines)


EAR, LINES = _lines()
RNG = np.random.default_rng(3)


def follow(take: Take | None) -> Followed:
    assert take is not None
    return follow_takes(EAR, [take])[0]


def test_a_line_is_tracked_and_its_end_is_known_soon() -> None:
    followed = follow(clean(LINES[0], RNG))
    assert followed.tracked == 8
    assert followed.false_insertions == 0
    assert followed.end_latency_ms is not None
    assert 0 < followed.end_latency_ms < 400


def test_a_word_that_was_cut_out_is_missed() -> None:
    followed = follow(skip_word(LINES[1], RNG))
    assert followed.skips_made == 1
    assert followed.skips_found == 1


def test_words_from_another_line_are_noticed() -> None:
    # Two words of any length, anywhere: not all are noticed.
    takes = [insert(LINES[1], LINES[0], np.random.default_rng(seed)) for seed in range(8)]
    followed = follow_takes(EAR, [take for take in takes if take is not None])
    assert sum(one.insertion_found for one in followed) >= len(followed) // 2


def test_a_wrong_line_never_ends_this_one() -> None:
    followed = follow(wrong_line(LINES[0], LINES[1], RNG) or _said_instead())
    assert not followed.ended_by_words


def _said_instead() -> Take:
    other = clean(LINES[1], RNG)
    none = np.zeros((0, 2), np.int64)
    return Take("wrong line", LINES[0], LINES[0].words, other.samples, (), none, None, False)


def test_babble_is_as_loud_as_it_should_be() -> None:
    take = clean(LINES[0], RNG)
    babble = make_babble(LINES, len(take.samples), RNG)
    mixed = in_babble(take, babble, 10.0)
    start, end = take.said_ms[0, 0] * 16, take.said_ms[-1, 1] * 16
    noise = (mixed.samples - take.samples)[start:end]
    snr_db = 10 * np.log10(np.mean(take.samples[start:end] ** 2) / np.mean(noise**2))
    assert abs(snr_db - 10) < 2


def test_a_small_run_gives_every_table() -> None:
    data = shared_data("austen").parent
    report = measure(data, every=6, sessions=(2,), corpora=("austen", "ljspeech"))
    assert set(report.tables) == {
        "Positions",
        "Line ends",
        "Mistakes",
        "Cost",
        "Alignment against CMU's",
    }
    assert all(report.tables.values())
    assert report.as_text()
    assert report.as_json()

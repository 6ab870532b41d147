from __future__ import annotations

import numpy as np

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.piper.model import PiperSpeech
from rehearsal_server.voices.piper.phonemes import PhonemeIds, clauses, phoneme_ids, timed_words
from rehearsal_server.voices.spoken import SpokenText, spoken_text

ID_MAP = {"_": [0], "^": [1], "$": [2], " ": [3], ",": [4], ".": [5]} | {
    phoneme: [number] for number, phoneme in enumerate("abcdef", start=10)
}
SPOKEN = spoken_text("Ab, cd e.")
WHOLE = (0, len(SPOKEN.text))


def encode(spoken: SpokenText, *ipa: str) -> PhonemeIds:
    return phoneme_ids(spoken, clauses(spoken, (0, len(spoken.text))), ipa, ID_MAP)


def times(words: tuple[Word, ...]) -> list[tuple[str, int, int, bool]]:
    return [(word.text, word.start_ms, word.end_ms, word.estimated) for word in words]


def test_clauses_end_with_their_stop() -> None:
    spoken = spoken_text("Well, A.J.: 3.14? No; yes!? Then")
    assert [spoken.text[a:b] for a, b in clauses(spoken, (0, len(spoken.text)))] == [
        "Well,",
        "A.J.:",
        "3.14?",
        "No;",
        "yes!?",
        "Then",
    ]


def test_ids_are_padded_and_bracketed_as_piper_does() -> None:
    # ^ a b , space c d space e . $
    phonemes = [1, 10, 11, 4, 3, 12, 13, 3, 14, 5]
    padded = [id for phoneme in phonemes for id in (phoneme, 0)]
    assert encode(SPOKEN, "ab", "cd e").ids == [*padded, 2]


def test_unknown_phonemes_and_language_switches_are_left_out() -> None:
    assert encode(SPOKEN, "a(fr)ɶb(en)", "cd e").ids == encode(SPOKEN, "ab", "cd e").ids


def test_accents_are_phonemes_of_their_own() -> None:
    assert encode(spoken_text("a"), "a\u0303").ids == encode(spoken_text("a"), "a").ids
    with_tilde = phoneme_ids(spoken_text("a"), [(0, 1)], ["ã"], {**ID_MAP, "\u0303": [99]})
    assert with_tilde.ids == [1, 0, 10, 0, 99, 0, 2]


def test_alignments_time_the_words() -> None:
    phonemes = encode(SPOKEN, "ab", "cd e")
    speech = PiperSpeech(np.zeros(2100, np.float32), np.full(21, 100))
    words = timed_words(
        SPOKEN, phonemes, speech, heard=(100, 2000), sample_rate=1000, begin_ms=5000
    )
    assert times(words) == [
        ("Ab", 5100, 5500, False),
        ("cd", 5900, 6300, False),
        ("e", 6500, 6700, False),
    ]


def test_without_alignments_all_ids_are_equally_long() -> None:
    phonemes = encode(SPOKEN, "ab", "cd e")
    speech = PiperSpeech(np.zeros(2100, np.float32), None)
    words = timed_words(SPOKEN, phonemes, speech, heard=(0, 2100), sample_rate=1000, begin_ms=0)
    assert times(words) == [
        ("Ab", 200, 600, True),
        ("cd", 1000, 1400, True),
        ("e", 1600, 1800, True),
    ]


def test_words_that_espeak_runs_together_share_their_time() -> None:
    phonemes = encode(SPOKEN, "ab", "cde")
    speech = PiperSpeech(np.zeros(1900, np.float32), np.full(19, 100))
    words = timed_words(SPOKEN, phonemes, speech, heard=(0, 1900), sample_rate=1000, begin_ms=0)
    assert times(words)[0] == ("Ab", 200, 600, False)
    assert times(words)[1:] == [("cd", 1000, 1400, True), ("e", 1400, 1600, True)]

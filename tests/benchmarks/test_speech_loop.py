from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.speech_loop import SAMPLE_RATE, Sentence, phases, recorded_sentences
from rehearsal_server.audio_files import WavWriter
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.scripts.parse import parse_script


def sentence(text: str, seconds: float) -> Sentence:
    return Sentence(text, np.full(round(seconds * SAMPLE_RATE), 0.5, np.float32))


SENTENCES = [sentence("One.", 1.0), sentence("Two.", 2.0), sentence("Three.", 0.5)]


def spoken_s(pcm: bytes) -> list[float]:
    """Lengths of the stretches of speech."""
    loud = np.frombuffer(pcm, "<i2") > 8000
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud, [0]])))
    return [float(length) / SAMPLE_RATE for length in edges[1::2] - edges[::2]]


def test_each_phase_says_what_its_script_says() -> None:
    rounds = phases(SENTENCES, seconds=5)
    lines = [[line.text for line in parse_script(phase.script).lines] for phase in rounds]
    assert [texts[1:4] for texts in lines] == [
        ["One.", "Two.", "Three."],
        ["Two.", "Three.", "One."],
        ["Three.", "One.", "Two."],
    ]
    assert [spoken_s(phase.pcm) for phase in rounds] == [
        pytest.approx([1.0, 2.0, 0.5]),
        pytest.approx([2.0, 0.5, 1.0]),
        pytest.approx([0.5, 1.0, 2.0]),
    ]


def test_a_script_lasts_as_long_as_the_run() -> None:
    (first, *_) = phases(SENTENCES, seconds=60)
    round_s = len(first.pcm) / 2 / SAMPLE_RATE
    partners = [line for line in parse_script(first.script).lines if line.character == "Partner"]
    assert len(partners) * round_s >= 60


def test_the_room_is_never_silent() -> None:
    samples = np.frombuffer(phases(SENTENCES, seconds=5)[0].pcm, "<i2")
    assert np.count_nonzero(samples[:SAMPLE_RATE]) > SAMPLE_RATE // 2


def test_recordings_with_a_manifest(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "a.wav", AudioFormat(sample_rate=8000))
    writer.write(np.full(8000, 8000, "<i2").tobytes())
    writer.close()
    (tmp_path / "manifest.csv").write_text('file,seconds,text\na.wav,1,"Yes, he said."\n')
    (read,) = recorded_sentences(tmp_path)
    assert (read.text, len(read.samples)) == ("Yes, he said.", SAMPLE_RATE)

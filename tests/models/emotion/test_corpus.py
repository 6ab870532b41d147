"""Folders of recordings: what is read, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.emotion.corpus import CorpusError, in_pieces, read_audio, read_corpus, read_speech


def write_clip(path: Path, seconds: float = 0.5, rate_hz: int = 16_000, channels: int = 1) -> None:
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    tone = 0.1 * np.sin(2 * np.pi * 200 * time_s)
    soundfile.write(path, np.repeat(tone[:, None], channels, axis=1), rate_hz)


def write_manifest(folder: Path, *rows: str, columns: str = "file,speaker,emotion") -> None:
    (folder / "manifest.csv").write_text("\n".join([columns, *rows]) + "\n")


def test_labels_are_read_in_their_spellings(tmp_path: Path) -> None:
    for name in "abcd":
        write_clip(tmp_path / f"{name}.wav")
    write_manifest(tmp_path, "a.wav,1,Angry", "b.wav,1,joy", "c.wav,2,neutral", "d.wav,2,surprised")
    corpus = read_corpus(tmp_path)
    assert [clip.category for clip in corpus.clips] == ["anger", "happiness", "neutral"]
    assert corpus.unknown_labels == {"surprised": 1}
    assert corpus.speakers == ("1", "2")


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (44_100, 2), (48_000, 1)])
def test_any_rate_becomes_16_khz_mono(tmp_path: Path, rate_hz: int, channels: int) -> None:
    write_clip(tmp_path / "x.flac", 1.0, rate_hz, channels)
    samples = read_audio(tmp_path / "x.flac")
    assert samples.shape == (16_000,)
    assert samples.dtype == np.float32
    assert np.abs(samples[1000:-1000]).max() == pytest.approx(0.1, abs=0.01)


def test_missing_manifest_column_file_and_labels_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"manifest\.csv: cannot be read"):
        read_corpus(tmp_path)
    write_manifest(tmp_path, "a.wav,1", columns="file,speaker")
    with pytest.raises(CorpusError, match="lacks the column emotion"):
        read_corpus(tmp_path)
    write_manifest(tmp_path, "a.wav,1,anger")
    with pytest.raises(CorpusError, match=r"a\.wav: cannot be read as audio"):
        read_corpus(tmp_path)
    write_manifest(tmp_path, "a.wav,1,calm")
    with pytest.raises(CorpusError, match=r"no emotion is one of the seven.*calm"):
        read_corpus(tmp_path)


def test_file_that_is_no_audio_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"not audio")
    with pytest.raises(CorpusError, match=r"x\.wav: cannot be read as audio"):
        read_audio(tmp_path / "x.wav")


def test_speech_without_a_manifest_is_one_speaker(tmp_path: Path) -> None:
    write_clip(tmp_path / "b.wav")
    write_clip(tmp_path / "a.wav")
    clips = read_speech(tmp_path)
    assert [(clip.name, clip.speaker) for clip in clips] == [
        ("a.wav", tmp_path.name),
        ("b.wav", tmp_path.name),
    ]


def test_children_are_left_out(tmp_path: Path) -> None:
    for name in "ab":
        write_clip(tmp_path / f"{name}.wav")
    write_manifest(tmp_path, "a.wav,1,9", "b.wav,2,30", columns="file,speaker,age")
    assert [clip.speaker for clip in read_speech(tmp_path)] == ["2"]


def test_long_clips_are_cut_and_short_rests_dropped(tmp_path: Path) -> None:
    write_clip(tmp_path / "x.wav", 2.6)
    lengths = [len(clip.samples) for clip in in_pieces(read_speech(tmp_path), 1.0)]
    assert lengths == [16_000, 16_000, 9600]
    write_clip(tmp_path / "x.wav", 2.4)
    assert len(list(in_pieces(read_speech(tmp_path), 1.0))) == 2

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rehearsal_server.audio_files import AudioFileError, WavWriter, read_mono, resample
from rehearsal_server.protocol.fields import AudioFormat


def tone(rate: int, f0_hz: float = 440.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    seconds = np.arange(rate) / rate
    return (0.5 * np.sin(2 * np.pi * f0_hz * seconds)).astype(np.float32)


@pytest.mark.parametrize(("encoding", "dtype"), [("s16le", "<i2"), ("f32le", "<f4")])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_written_is_read(tmp_path: Path, encoding: str, dtype: str, channels: int) -> None:
    audio = AudioFormat(sample_rate=16000, encoding=encoding, channels=channels)  # type: ignore[arg-type]
    scale = 32767 if encoding == "s16le" else 1
    frames = (np.repeat(tone(16000)[:, None], channels, 1) * scale).astype(dtype)
    writer = WavWriter(tmp_path / "a.wav", audio)
    writer.write(frames[:5000].tobytes())
    writer.write(memoryview(frames[5000:].tobytes()))
    writer.close()
    read = read_mono(tmp_path / "a.wav", 16000)
    np.testing.assert_allclose(read, tone(16000), atol=1e-4)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_a_resampled_tone_is_the_same_tone(rate: int) -> None:
    resampled = resample(tone(rate), rate, 16000)
    assert len(resampled) == 16000
    np.testing.assert_allclose(resampled[500:-500], tone(16000)[500:-500], atol=2e-3)


def test_a_file_that_is_no_audio_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.flac").write_text("no audio")
    with pytest.raises(AudioFileError, match=r"notes\.flac can't be read as audio"):
        read_mono(tmp_path / "notes.flac", 16000)
    with pytest.raises(AudioFileError, match=r"absent\.wav can't be read"):
        read_mono(tmp_path / "absent.wav", 16000)


def test_mu_law_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="use s16le"):
        WavWriter(tmp_path / "a.wav", AudioFormat(sample_rate=8000, encoding="mulaw"))

"""Audio files, through libsndfile: the one place that knows `soundfile`, which has no types."""

from __future__ import annotations

from math import gcd
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from rehearsal_server.protocol.fields import AudioFormat

Samples = npt.NDArray[np.float32]

# What the samples are in memory and in the WAV file.
_SAMPLE_TYPES = {"s16le": ("int16", "PCM_16"), "f32le": ("float32", "FLOAT")}


class AudioFileError(ValueError):
    """A file can't be read as audio, or audio can't be written as it is; the message says why."""


def read_mono(path: Path, sample_rate: int) -> Samples:
    """Read a recording, mixed down and resampled.

    Parameters
    ----------
    path : Path
        FLAC, WAV or another format that libsndfile reads.
    sample_rate : int > 0, Hz
        Of the result.

    Returns
    -------
    float32, shape (n_samples,)
        Full scale is 1.

    Raises
    ------
    AudioFileError
        There is no such file, or it holds no audio.
    """
    try:
        samples, file_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AudioFileError(f"{path} can't be read as audio: {error}") from None
    return resample(samples.mean(axis=1), file_rate, sample_rate)


def read_frames(path: Path, audio: AudioFormat) -> bytes:
    """Read a file that `WavWriter` wrote, as the bytes that it was given.

    Raises
    ------
    AudioFileError
        There is no such file, or it is not of this format.
    """
    dtype, _ = _SAMPLE_TYPES[audio.encoding]
    try:
        with soundfile.SoundFile(path) as file:
            if (file.samplerate, file.channels) != (audio.sample_rate, audio.channels):
                raise AudioFileError(f"{path} is not of the announced format")
            return bytes(file.buffer_read(dtype=dtype))
    except soundfile.LibsndfileError as error:
        raise AudioFileError(f"{path} can't be read as audio: {error}") from None


def resample(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """Bring a whole recording to another rate.

    Unlike `dsp.resample` this sees the whole recording and delays nothing; both rates are Hz.
    """
    if from_rate == to_rate:
        return samples
    from scipy import signal  # here, since it takes longer to import than all the rest

    common = gcd(from_rate, to_rate)
    resampled = signal.resample_poly(samples, to_rate // common, from_rate // common)
    return np.asarray(resampled, np.float32)


class WavWriter:
    """Writes a stream to a WAV file, byte for byte as it comes.

    Raises
    ------
    AudioFileError
        The encoding has no plain place in a WAV file (mu-law).
    """

    def __init__(self, path: Path, audio: AudioFormat) -> None:
        if audio.encoding not in _SAMPLE_TYPES:
            raise AudioFileError(f"{audio.encoding} audio can't be kept as it is; use s16le")
        self._dtype, subtype = _SAMPLE_TYPES[audio.encoding]
        self._file = soundfile.SoundFile(
            path, "w", samplerate=audio.sample_rate, channels=audio.channels, subtype=subtype
        )

    def write(self, samples: bytes | memoryview) -> None:
        """Append whole frames."""
        self._file.buffer_write(samples, dtype=self._dtype)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

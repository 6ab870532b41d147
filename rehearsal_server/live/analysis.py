"""From the bytes of one microphone to the hops of one session."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.bank import HopFeatures
from dsp.clock import samples_to_ms
from dsp.framing import HopFramer
from dsp.pcm import SampleFormat, decode_pcm
from dsp.resample import StreamResampler
from dsp.stream_state import StreamState
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.session.hop import Hop

Hops = npt.NDArray[np.float32]

_FRAMER = "framer"


class MicrophoneIntake:
    """Decodes, mixes down, resamples and cuts one stream; keeps what does not fill a hop."""

    def __init__(self, audio: AudioFormat) -> None:
        self._format = SampleFormat(audio.encoding)
        self._channels = audio.channels
        self._resampler = StreamResampler(audio.sample_rate)
        self._framer = HopFramer()

    def push(self, payload: bytes | memoryview) -> Hops:
        """Take a chunk; the hops it completes, float32 of shape (n_hops, HOP_SAMPLES).

        Raises
        ------
        ValueError
            The payload is not audio of the announced format.
        """
        samples = decode_pcm(payload, self._format, channels=self._channels)
        return self._framer.push(self._resampler.push(samples))

    def state(self) -> StreamState | None:
        """What is remembered of the stream; None at rates whose resampler can't tell."""
        resampler = self._resampler.state()
        return None if resampler is None else {**resampler, _FRAMER: self._framer.state}

    def restore(self, state: StreamState) -> None:
        """Go on from a state of a stream of the same format."""
        self._framer.state = state[_FRAMER]
        self._resampler.restore(state)


def to_hops(features: HopFeatures) -> list[Hop]:
    """One `Hop` for each stream that was stepped, in their order.

    Columns are turned into Python numbers at once: that is several times cheaper than picking
    numbers out of arrays one by one.
    """
    return [
        Hop(
            end_ms=samples_to_ms(position),
            level_dbfs=level,
            loudness_lufs=loudness,
            f0_hz=f0,
            is_speech=is_speech,
            onset_ms=samples_to_ms(onset) if onset >= 0 else None,
            offset_ms=samples_to_ms(offset) if offset >= 0 else None,
            clipped=clipped,
        )
        for position, level, loudness, f0, is_speech, onset, offset, clipped in zip(
            features.position.tolist(),
            features.level_dbfs.tolist(),
            features.momentary_lufs.tolist(),
            features.f0_hz[:, -1].tolist(),
            features.is_speech.tolist(),
            features.onset_position.tolist(),
            features.offset_position.tolist(),
            features.clipped.tolist(),
            strict=True,
        )
    ]

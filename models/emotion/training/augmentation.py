"""Rooms, microphones, codecs and noises that a speaker may be heard through.

A `Channel` is drawn once for a speaker and a session, since a baseline is learnt through the same
microphone as everything after it; only the piece of noise and the silence at the edges differ from
clip to clip. Everything is drawn from the generator it is given.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ
from models.emotion.training.materials import Materials

Samples = npt.NDArray[np.float32]
Drawn = np.random.Generator
Effect = Callable[[Samples, Drawn], Samples]

_HALF_RATE_HZ = ANALYSIS_RATE_HZ / 2


@dataclass(frozen=True, slots=True)
class Channel:
    """What lies between a mouth and the analysis, in the order of the chain.

    Attributes
    ----------
    speed : float
        Playback speed; moves pitch, formants and tempo together, as another speaker would.
    room, microphone : float32 impulse responses, or None
    noise : Effect or None
        Draws `n` samples' worth of noise of unit RMS, given something of that length.
    snr_db : float
        Speech over noise, from the speaker's mean level.
    gain_db : float
        Of the mean level, re full scale.
    transmission : tuple of Effect
        Gain control, clipping, codec.
    max_edge_s : float
        Silence of up to this long is put before and after each clip.
    """

    speed: float = 1.0
    room: Samples | None = None
    microphone: Samples | None = None
    noise: Effect | None = None
    snr_db: float = np.inf
    gain_db: float = -26.0
    transmission: tuple[Effect, ...] = ()
    max_edge_s: float = 0.0

    def carry(self, samples: Samples, speech_rms: float, rng: Drawn) -> Samples:
        """Send one clip of a speaker whose mean level is `speech_rms` through the channel."""
        heard = samples
        if self.speed != 1.0:
            slower_hz = ANALYSIS_RATE_HZ / self.speed
            heard = soxr.resample(heard, ANALYSIS_RATE_HZ, slower_hz)
        edges_s = rng.uniform(0, self.max_edge_s, 2)
        heard = np.pad(heard, tuple((edges_s * ANALYSIS_RATE_HZ).astype(int)))
        if self.room is not None:
            heard = signal.fftconvolve(heard, self.room)[: len(heard)]
        if self.noise is not None:
            heard = heard + self.noise(heard, rng) * speech_rms * 10 ** (-self.snr_db / 20)
        if self.microphone is not None:
            heard = signal.fftconvolve(heard, self.microphone, mode="same")
        heard = (heard * (10 ** (self.gain_db / 20) / speech_rms)).astype(np.float32)
        for effect in self.transmission:
            heard = effect(heard, rng)
        return np.clip(heard, -1, 1).astype(np.float32)


def draw_channel(rng: Drawn, materials: Materials) -> Channel:
    """Draw a channel as hard as a browser on a phone in a kitchen may be."""
    return Channel(
        speed=rng.uniform(0.88, 1.14) if rng.random() < 0.6 else 1.0,
        room=_draw_room(rng, materials.rooms) if rng.random() < 0.6 else None,
        microphone=draw_microphone(rng) if rng.random() < 0.8 else None,
        noise=_draw_noise(rng, materials.noises) if rng.random() < 0.8 else None,
        snr_db=rng.uniform(8, 40),
        gain_db=rng.uniform(-50, -20),
        transmission=_draw_transmission(rng),
        max_edge_s=0.6 if rng.random() < 0.5 else 0.0,
    )


def _draw_room(rng: Drawn, rooms: Sequence[Samples]) -> Samples:
    if rooms and rng.random() < 0.3:
        return rooms[int(rng.integers(len(rooms)))]
    reverberation_s, direct_db = rng.uniform(0.15, 0.8), rng.uniform(-3, 15)
    return synthetic_room(rng, reverberation_s=reverberation_s, direct_db=direct_db)


def synthetic_room(rng: Drawn, *, reverberation_s: float, direct_db: float) -> Samples:
    """Exponentially decaying noise behind a direct sound that is `direct_db` above it."""
    time_s = np.arange(int(reverberation_s * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    tail = rng.normal(size=len(time_s)) * 10 ** (-3 * time_s / reverberation_s)
    tail = signal.lfilter(*signal.butter(1, rng.uniform(2000, 7000) / _HALF_RATE_HZ), tail)
    tail[: int(rng.uniform(0.001, 0.006) * ANALYSIS_RATE_HZ)] = 0
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.square(tail).sum())
    tail[0] = 1
    return np.asarray(tail, np.float32)


def draw_microphone(rng: Drawn, *, deviation_db: float = 3.0) -> Samples:
    """A smooth random frequency response with a roll-off at the low end."""
    points_hz = np.array([0, 80, 200, 500, 1000, 2000, 4000, 6000, _HALF_RATE_HZ])
    gains_db = rng.normal(0, deviation_db, len(points_hz))
    gains_db[0] -= rng.uniform(0, 20)
    grid_hz = np.linspace(0, _HALF_RATE_HZ, 65)
    grid_db = np.interp(grid_hz, points_hz, gains_db - gains_db[4])
    response = signal.firwin2(129, grid_hz / _HALF_RATE_HZ, 10 ** (grid_db / 20))
    return np.asarray(response, np.float32)


def _draw_noise(rng: Drawn, noises: Sequence[Samples]) -> Effect:
    if noises and rng.random() < 0.3:
        return recorded_noise(noises[int(rng.integers(len(noises)))])
    return coloured_noise(rng.choice([0.0, 1.0, 2.0]))


def recorded_noise(noise: Samples) -> Effect:
    """Repeat a recording for as long as is needed, from a random place in it."""
    scale = 1 / (noise.std() + 1e-9)

    def draw(like: Samples, rng: Drawn) -> Samples:
        start = rng.integers(len(noise))
        piece = np.take(noise, np.arange(start, start + len(like)), mode="wrap")
        return np.asarray(piece * scale, np.float32)

    return draw


def coloured_noise(exponent: float) -> Effect:
    """Noise whose power falls with frequency to the `exponent`: white 0, pink 1, brown 2."""

    def draw(like: Samples, rng: Drawn) -> Samples:
        frequency_hz = np.fft.rfftfreq(len(like), 1 / ANALYSIS_RATE_HZ)
        amplitude = np.maximum(frequency_hz, 40.0) ** (-exponent / 2)
        phase = np.exp(2j * np.pi * rng.random(len(frequency_hz)))
        noise = np.fft.irfft(amplitude * phase, len(like))
        return np.asarray(noise / noise.std(), np.float32)

    return draw


def _draw_transmission(rng: Drawn) -> tuple[Effect, ...]:
    effects: list[Effect] = []
    if rng.random() < 0.2:
        effects.append(gain_control(rng.uniform(0.4, 0.9)))
    if rng.random() < 0.1:
        effects.append(clipping(rng.uniform(6, 14)))
    cut_hz, quality = rng.uniform(3500, 7000), rng.uniform(0.5, 0.9)
    codecs = (telephone(), low_pass(cut_hz), opus(quality), mp3(quality))
    if rng.random() < 0.4:
        effects.append(codecs[int(rng.integers(len(codecs)))])
    return tuple(effects)


def gain_control(strength: float) -> Effect:
    """A browser's automatic gain: pulls the running level towards -26 dBFS."""

    def apply(samples: Samples, rng: Drawn) -> Samples:
        smoothed = signal.lfilter([3e-4], [1, 3e-4 - 1], np.square(samples))
        level = np.sqrt(np.maximum(smoothed, 0) + 1e-6)
        return np.asarray(samples * (0.05 / np.maximum(level, 0.005)) ** strength, np.float32)

    return apply


def clipping(over_db: float) -> Effect:
    """Clip at `over_db` above the clip's RMS."""

    def apply(samples: Samples, rng: Drawn) -> Samples:
        ceiling = samples.std() * 10 ** (over_db / 20) + 1e-9
        return np.clip(samples, -ceiling, ceiling)

    return apply


def low_pass(cut_hz: float) -> Effect:
    """Band-limit as a codec at a low rate does."""
    sections = signal.butter(6, cut_hz / _HALF_RATE_HZ, output="sos")

    def apply(samples: Samples, rng: Drawn) -> Samples:
        return np.asarray(signal.sosfilt(sections, samples), np.float32)

    return apply


def telephone() -> Effect:
    """300 to 3400 Hz and 8 bits of mu-law (ITU-T G.711)."""
    band = signal.butter(4, [300 / _HALF_RATE_HZ, 3400 / _HALF_RATE_HZ], "band", output="sos")

    def apply(samples: Samples, rng: Drawn) -> Samples:
        narrow = signal.sosfilt(band, samples)
        peak = np.abs(narrow).max() + 1e-9
        squeezed = np.sign(narrow) * np.log1p(255 * np.abs(narrow) / peak) / np.log1p(255)
        code = np.round(squeezed * 127) / 127
        expanded = np.sign(code) * np.expm1(np.abs(code) * np.log1p(255)) / 255
        return np.asarray(expanded * peak, np.float32)

    return apply


def opus(compression: float) -> Effect:
    """Through libopus; 0 is its best quality, 1 its smallest file."""
    return _encoded("OGG", "OPUS", compression)


def mp3(compression: float) -> Effect:
    """Through LAME; 0 is its best quality, 1 its smallest file."""
    return _encoded("MP3", "MPEG_LAYER_III", compression)


def _encoded(container: str, codec: str, compression: float) -> Effect:
    def apply(samples: Samples, rng: Drawn) -> Samples:
        stream = io.BytesIO()
        soundfile.write(
            stream,
            np.clip(samples, -1, 1),
            ANALYSIS_RATE_HZ,
            format=container,
            subtype=codec,
            compression_level=compression,
        )
        stream.seek(0)
        decoded, _ = soundfile.read(stream, dtype="float32")
        return np.asarray(np.resize(decoded, len(samples)), np.float32)

    return apply

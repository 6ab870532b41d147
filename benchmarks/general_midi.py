"""Music of many instruments, made to train with: random phrases rendered by FluidSynth.

FluidSynth (Debian: `fluidsynth`, `fluid-soundfont-gm`) plays the FluidR3 GM soundfont, which is
free under the MIT licence, so what is learned from it may be given away too.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.audio_files import read_mono

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
# Pianos to world instruments; 104 and up are percussion that sounds like noise, and effects.
PROGRAMS = range(104)
DRUMS = 200
_DRUM_KEYS = (35, 36, 38, 40, 42, 44, 45, 46, 47, 49, 51)
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 7, 10), tuple(range(12)))
_TICKS_PER_S = 1000


class SynthesiserAbsentError(RuntimeError):
    """FluidSynth or its soundfont is not on this machine; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A few bars of one instrument.

    Attributes
    ----------
    program : int
        General MIDI program, or `DRUMS`.
    samples : float32, shape (n_samples,)
        At the analysis rate, without reverberation.
    """

    program: int
    samples: npt.NDArray[np.float32]


def render_phrases(
    rng: np.random.Generator, *, phrases_per_program: int, seconds: float
) -> Iterator[Phrase]:
    """Draw and render phrases of every instrument, and as many of drums as of four instruments.

    Raises
    ------
    SynthesiserAbsentError
        FluidSynth or its soundfont is missing.
    """
    if shutil.which("fluidsynth") is None or not SOUNDFONT.exists():
        raise SynthesiserAbsentError(
            "music to train with is made by FluidSynth: apt-get install fluidsynth "
            "fluid-soundfont-gm"
        )
    for program in [*PROGRAMS, *[DRUMS] * 4]:
        for _ in range(phrases_per_program):
            yield Phrase(program, _render(_draw_phrase(rng, program, seconds)))


def _draw_phrase(rng: np.random.Generator, program: int, seconds: float) -> mido.MidiFile:
    """A random walk over a scale, of one to four voices, with rests."""
    channel = 9 if program == DRUMS else 0
    beat_s = 60 / rng.uniform(50, 170)
    scale = _SCALES[int(rng.integers(len(_SCALES)))]
    root, degree = int(rng.integers(36, 72)), int(rng.integers(0, 10))
    voices, legato = int(rng.choice([1, 1, 2, 4])), rng.uniform(0.3, 1.4)
    timed: list[tuple[float, mido.Message]] = []
    at_s = 0.05
    while at_s < seconds - 1:
        if rng.random() < 0.12:
            at_s += rng.uniform(0.3, 3)
            continue
        length_s = beat_s * rng.choice([0.25, 0.5, 0.5, 1, 1, 2, 4])
        degree = int(np.clip(degree + rng.integers(-3, 4), 0, 14))
        for voice in range(int(rng.integers(1, voices + 1))):
            octave, step = divmod(degree + 2 * voice, len(scale))
            key = int(np.clip(root + 12 * octave + scale[step], 28, 96))
            if program == DRUMS:
                key = int(rng.choice(_DRUM_KEYS))
            note = mido.Message(
                "note_on", note=key, velocity=int(rng.integers(50, 120)), channel=channel
            )
            timed.append((at_s, note))
            ends_s = min(seconds - 0.5, at_s + length_s * legato)
            timed.append((ends_s, note.copy(velocity=0)))
        at_s += length_s
    return _to_midi(0 if program == DRUMS else program, channel, timed)


def _to_midi(program: int, channel: int, timed: list[tuple[float, mido.Message]]) -> mido.MidiFile:
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=1_000_000))
    track.append(mido.Message("program_change", program=program, channel=channel))
    last_tick = 0
    for at_s, message in sorted(timed, key=lambda entry: entry[0]):
        tick = round(at_s * _TICKS_PER_S)
        track.append(message.copy(time=tick - last_tick))
        last_tick = tick
    track.append(mido.MetaMessage("end_of_track", time=_TICKS_PER_S // 2))
    return mido.MidiFile(ticks_per_beat=_TICKS_PER_S, tracks=[track])


def _render(midi: mido.MidiFile) -> npt.NDArray[np.float32]:
    with tempfile.TemporaryDirectory() as folder:
        score, wav = Path(folder, "phrase.mid"), Path(folder, "phrase.wav")
        midi.save(score)
        command = ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.7"]
        command += ["-r", str(ANALYSIS_RATE_HZ), "-F", str(wav), str(SOUNDFONT), str(score)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return read_mono(wav, ANALYSIS_RATE_HZ)

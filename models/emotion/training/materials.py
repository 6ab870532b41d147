"""Recorded noises, rooms, unlabelled speech and other sounds that training and evaluation draw on.

Every second file goes to training and the others to evaluation, so that no figure of the card
rests on a noise, a room or an instrument that the model was trained with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ
from models.emotion.corpus import AUDIO_SUFFIXES, Clip, in_pieces, read_audio, read_speech

Samples = npt.NDArray[np.float32]
Half = Literal["training", "evaluation"]
Item = TypeVar("Item")

SPEECH_PIECE_S = 4.0
SOUND_PIECE_S = 3.0
_ROOM_WORDS = ("impulse_response", "rir")
# Of the shared noises, one is a noisy sentence.
_SPEECH_AMONG_NOISES = frozenset({"p286_011.flac"})

NOISE_FOLDER = "noise"
SPEECH_FOLDERS = ("speechocean762", "ljspeech", "austen", "sonnets")
SOUND_FOLDER = "guitar"


@dataclass(frozen=True, slots=True)
class Materials:
    """What is mixed with a corpus or held against it; anything may be empty.

    Attributes
    ----------
    noises, rooms : tuple of float32 arrays
        To be heard behind speech, and impulse responses.
    speech : tuple of Clip
        Read speech of other speakers, without labels.
    sounds : tuple of float32 arrays
        What is not speech.
    """

    noises: tuple[Samples, ...] = ()
    rooms: tuple[Samples, ...] = ()
    speech: tuple[Clip, ...] = ()
    sounds: tuple[Samples, ...] = ()


def read_materials(root: Path, half: Half) -> Materials:
    """Read one half of the folders that lie in `root`; a folder that is absent gives nothing.

    Of unlabelled speech, every second *speaker* goes to training.
    """
    noise = _audio_files(root / NOISE_FOLDER)
    rooms = [path for path in noise if any(word in path.name for word in _ROOM_WORDS)]
    noises = [p for p in noise if p not in rooms and p.name not in _SPEECH_AMONG_NOISES]
    sounds = _audio_files(root / SOUND_FOLDER)
    return Materials(
        noises=_read_half(noises, half),
        rooms=_read_half(rooms, half),
        speech=_speech_half(root, half),
        sounds=_in_sound_pieces((*_read_half(sounds, half), *_read_half(noises, half))),
    )


def _audio_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in AUDIO_SUFFIXES)


def _half_of(items: Sequence[Item], half: Half) -> Sequence[Item]:
    return items[::2] if half == "training" else items[1::2]


def _read_half(paths: Sequence[Path], half: Half) -> tuple[Samples, ...]:
    return tuple(read_audio(path) for path in _half_of(paths, half))


def _speech_half(root: Path, half: Half) -> tuple[Clip, ...]:
    folders = [root / name for name in SPEECH_FOLDERS if (root / name).is_dir()]
    clips = [clip for folder in folders for clip in read_speech(folder)]
    speakers = set(_half_of(sorted({clip.speaker for clip in clips}), half))
    chosen = tuple(clip for clip in clips if clip.speaker in speakers)
    return tuple(in_pieces(chosen, SPEECH_PIECE_S))


def _in_sound_pieces(sounds: tuple[Samples, ...]) -> tuple[Samples, ...]:
    """Pieces as long as a window; short sounds are repeated with a pause between."""
    clips = tuple(Clip(str(i), "", None, _lengthened(s)) for i, s in enumerate(sounds))
    return tuple(clip.samples for clip in in_pieces(clips, SOUND_PIECE_S))


def _lengthened(sound: Samples) -> Samples:
    with_pause = np.pad(sound, (0, len(sound) // 2))
    wanted = int(SOUND_PIECE_S * ANALYSIS_RATE_HZ)
    return sound if len(sound) >= wanted else np.resize(with_pause, wanted)

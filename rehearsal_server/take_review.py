"""Two saved takes of a line, laid over each other."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from dsp.line_voice import REFERENCE_F0_HZ
from dsp.take_comparison import TakeComparison, TakeContour, compare_takes
from storage.results import Performance

# Longer takes are compared in coarser steps: the work grows with the product of their lengths.
_MOST_STEPS = 750

Contour = tuple[float | None, ...]
Floats = npt.NDArray[np.float64]


class NotComparable(Exception):
    """A take holds nothing that could be compared; the message says which and why."""


class HeardEmotion(msgspec.Struct, frozen=True, kw_only=True):
    """How a take came across."""

    arousal: float | None = None
    valence: float | None = None
    label: str | None = None
    confidence: float = 0.0
    baseline: Annotated[str, Meta(description="State of the speaker's baseline then.")] = "none"


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A silence of 250 ms or more inside the line, counted from its first sound."""

    start_s: float
    end_s: float


class TakeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one of the takes; null is what could not be measured."""

    performance_id: str
    session_id: str
    take: int
    duration_s: float
    pitch_mean_st: Annotated[float | None, Meta(description="Semitones over 27.5 Hz.")]
    pitch_range_st: Annotated[float | None, Meta(description="5th to 95th percentile.")]
    loudness_lufs: float | None
    projection_db: float | None
    speech_rate: float | None
    articulation_rate: float | None
    pauses: tuple[Pause, ...]
    emotion: HeardEmotion | None


class AlignedContours(msgspec.Struct, frozen=True, kw_only=True):
    """Both takes at the same words; one value for each step of the first take."""

    step_s: float
    first_st: Annotated[Contour, Meta(description="Pitch, semitones over 27.5 Hz.")]
    second_st: Contour
    first_dbfs: Annotated[Contour, Meta(description="Level.")]
    second_dbfs: Contour
    tempo: Annotated[
        Contour, Meta(description="How fast the second take goes here; 2 is twice as fast.")
    ]


class TakeReview(msgspec.Struct, frozen=True, kw_only=True):
    """The second take against the first; differences are second minus first."""

    line_text: str
    first: TakeFigures
    second: TakeFigures
    duration_ratio: Annotated[float, Meta(description="Second over first.")]
    pitch_shift_st: float | None
    pitch_range_ratio: float | None
    pitch_correlation: Annotated[
        float | None, Meta(description="1 is the same melody, however high and wide.")
    ]
    pitch_difference_st: Annotated[
        float | None, Meta(description="RMS of the aligned pitch, the shift taken out.")
    ]
    level_shift_db: Annotated[float, Meta(description="A microphone moved shifts it as well.")]
    level_correlation: float
    contours: AlignedContours


class _SavedVoice(msgspec.Struct, frozen=True):
    """What a comparison reads of `dsp.line_voice.LineVoice` as it was saved."""

    f0_hz: tuple[float | None, ...]
    f0_frame_s: float
    level_dbfs: tuple[float, ...]
    hop_s: float
    speech_s: tuple[tuple[float, float], ...]
    pitch: dict[str, float] | None = None
    loudness_lufs: float | None = None
    projection_db: float | None = None


def review_takes(first: Performance, second: Performance) -> TakeReview:
    """Compare two takes of the same line.

    Raises
    ------
    NotComparable
        They are of different lines, or the voice of one was not measured.
    """
    if first.line_text != second.line_text:
        raise NotComparable("these are takes of different lines")
    voices = _voice_of(first), _voice_of(second)
    coarseness = max(1, -(-max(len(voice.level_dbfs) for voice in voices) // _MOST_STEPS))
    contours = tuple(_contour(voice, coarseness) for voice in voices)
    step_s = voices[0].hop_s * coarseness
    try:
        compared = compare_takes(*contours, hop_s=step_s)
    except ValueError as error:
        raise NotComparable(str(error)) from error
    return TakeReview(
        line_text=first.line_text,
        first=_figures(first, voices[0], compared.pauses_s[0]),
        second=_figures(second, voices[1], compared.pauses_s[1]),
        duration_ratio=round(compared.duration_ratio, 3),
        pitch_shift_st=_rounded(compared.pitch_shift_semitones),
        pitch_range_ratio=_rounded(compared.pitch_range_ratio),
        pitch_correlation=_rounded(compared.pitch_correlation),
        pitch_difference_st=_rounded(compared.pitch_difference_semitones),
        level_shift_db=round(compared.level_shift_db, 2),
        level_correlation=round(compared.level_correlation, 3),
        contours=_aligned(compared, contours[0], contours[1], step_s),
    )


def _voice_of(performance: Performance) -> _SavedVoice:
    try:
        voice = msgspec.convert(performance.voice, _SavedVoice)
    except msgspec.ValidationError:
        # Nothing was said, it was not measured in time, or an older version measured less.
        raise NotComparable(f"of performance {performance.id} no voice is kept") from None
    if not voice.speech_s:
        raise NotComparable(f"in performance {performance.id} no speech was found")
    return voice


def _contour(voice: _SavedVoice, coarseness: int) -> TakeContour:
    """Hop by hop, from the first speech to the last; every `coarseness`-th hop."""
    n_hops = len(voice.level_dbfs)
    centres_s = (np.arange(n_hops) + 0.5) * voice.hop_s
    f0_hz = np.array([np.nan if f0 is None else f0 for f0 in voice.f0_hz], np.float64)
    frame = np.minimum(np.rint(centres_s / voice.f0_frame_s).astype(np.intp), len(f0_hz) - 1)
    is_speech = np.zeros(n_hops, np.bool_)
    for start_s, end_s in voice.speech_s:
        is_speech |= (centres_s >= start_s) & (centres_s < end_s)
    spoken = np.flatnonzero(is_speech)
    kept = slice(spoken[0], spoken[-1] + 1, coarseness) if len(spoken) else slice(0)
    semitones = 12 * np.log2(f0_hz[frame] / REFERENCE_F0_HZ)
    level = np.array(voice.level_dbfs, np.float32)
    return TakeContour(semitones[kept].astype(np.float32), level[kept], is_speech[kept])


def _figures(performance: Performance, voice: _SavedVoice, pauses_s: Floats) -> TakeFigures:
    timing: dict[str, Any] = performance.timing or {}
    pitch = voice.pitch or {}
    return TakeFigures(
        performance_id=performance.id,
        session_id=performance.session_id,
        take=performance.take,
        duration_s=performance.duration_ms / 1000,
        pitch_mean_st=_rounded(pitch.get("mean_st")),
        pitch_range_st=_rounded(pitch.get("range_st")),
        loudness_lufs=_rounded(voice.loudness_lufs),
        projection_db=_rounded(voice.projection_db),
        speech_rate=timing.get("speech_rate"),
        articulation_rate=timing.get("articulation_rate"),
        pauses=tuple(Pause(start_s=a, end_s=b) for a, b in np.round(pauses_s, 2).tolist()),
        emotion=_emotion(performance.emotion),
    )


def _emotion(saved: dict[str, Any] | None) -> HeardEmotion | None:
    """None where the line was not judged or abstained from."""
    if saved is None or saved.get("arousal") is None:
        return None
    return msgspec.convert(saved, HeardEmotion)


def _aligned(
    compared: TakeComparison, first: TakeContour, second: TakeContour, step_s: float
) -> AlignedContours:
    """The second take where the first says the same; of several places the last."""
    at = np.zeros(len(first.semitones), np.intp)
    at[compared.path[:, 0]] = compared.path[:, 1]
    return AlignedContours(
        step_s=step_s,
        first_st=_values(first.semitones),
        second_st=_values(second.semitones[at]),
        first_dbfs=_values(first.level_dbfs),
        second_dbfs=_values(second.level_dbfs[at]),
        tempo=_values(compared.tempo),
    )


def _values(contour: npt.NDArray[np.floating]) -> Contour:
    return tuple(None if value != value else round(value, 2) for value in contour.tolist())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)

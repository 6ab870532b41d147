"""Pitch: live, for many streams at once, and refined, for a whole line."""

from dsp.pitch.tracker import (
    FRAMES_PER_HOP,
    LOOK_AHEAD_MS,
    LOOK_AHEAD_SAMPLES,
    PitchFrames,
    PitchTracker,
)

__all__ = [
    "FRAMES_PER_HOP",
    "LOOK_AHEAD_MS",
    "LOOK_AHEAD_SAMPLES",
    "PitchFrames",
    "PitchTracker",
]

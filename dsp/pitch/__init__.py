"""Pitch: live, for many streams at once, and refined, for a whole line."""

from dsp.pitch.ranges import INSTRUMENT, VOICE, PitchRange
from dsp.pitch.tracker import (
    FRAME_STEP_SAMPLES,
    LOOK_AHEAD_MS,
    LOOK_AHEAD_SAMPLES,
    PitchFrames,
    PitchTracker,
)
from dsp.pitch.voicing import FRAMES_PER_HOP

__all__ = [
    "FRAMES_PER_HOP",
    "FRAME_STEP_SAMPLES",
    "INSTRUMENT",
    "LOOK_AHEAD_MS",
    "LOOK_AHEAD_SAMPLES",
    "VOICE",
    "PitchFrames",
    "PitchRange",
    "PitchTracker",
]

"""Which of espeak-ng's hundred variants make a cast that can be told apart.

Chosen among those that sound like a person by farthest-point search on en-us: the distance of two
voices is the root of the squared difference of their median F0 (semitones) and the mean squared
difference of their long-term spectra (dB, 21 Bark bands). No two of these are closer than 4.4;
f1 and f4, which hardly anybody tells apart, are at 1.6.
"""

from __future__ import annotations

from typing import NamedTuple

from rehearsal_server.voices.engine import Gender, Timbre, VoiceSpec


class _Variant(NamedTuple):
    name: str  # empty for the language's own voice
    gender: Gender | None
    pitch_semitones: float
    rate: float


_VARIANTS = (  # median F0 on en-us
    _Variant("", "male", 0.0, 1.0),  # 102 Hz
    _Variant("f2", "female", 0.0, 1.0),  # 193 Hz
    _Variant("m8", "male", 0.0, 0.93),  # 86 Hz, dark
    _Variant("belinda", "female", 0.0, 1.05),  # 227 Hz
    _Variant("Nguyen", "male", 0.0, 1.05),  # 148 Hz
    _Variant("steph", "female", -1.0, 0.93),  # 171 Hz, dark
    _Variant("gustave", "male", 1.0, 1.08),  # 109 Hz
    _Variant("shelby", "female", 0.0, 1.1),  # 171 Hz, bright
    _Variant("quincy", "male", -2.0, 0.9),  # 76 Hz
    _Variant("f5", "female", 3.0, 1.1),  # 243 Hz
    _Variant("Gene2", "male", 2.0, 1.05),  # 130 Hz
    _Variant("f1", "female", -3.0, 0.9),  # 151 Hz
)
# A crowd takes the same variants again, higher and quicker, then lower and slower.
_ROUNDS = ((0.0, 1.0), (2.5, 1.1), (-2.5, 0.9))


def timbres(engine: str, language: str, variant: str) -> tuple[Timbre, ...]:
    """List the cast in `language`, most distinct first, led by the chosen variant."""
    ordered = sorted(_VARIANTS, key=lambda known: known.name != variant)
    if ordered[0].name != variant:
        ordered.insert(0, _Variant(variant, None, 0.0, 1.0))
    return tuple(
        Timbre(
            spec=VoiceSpec(
                engine=engine,
                voice=f"{language}+{known.name}" if known.name else language,
                pitch_semitones=known.pitch_semitones + pitch_semitones,
                rate=known.rate * rate,
            ),
            gender=known.gender,
        )
        for pitch_semitones, rate in _ROUNDS
        for known in ordered
    )

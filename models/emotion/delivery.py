"""How a line was spoken, in units that an actor can act on."""

from __future__ import annotations

import msgspec
import numpy as np

from dsp.line_voice import LineVoice

# More than this is not counted, so that the usual follows a new microphone within minutes.
MEMORY_S = 240.0


class Delivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Measures of one line, or their mean over many; None is what could not be measured.

    Attributes
    ----------
    speech_s : float
        Seconds of speech that it rests on.
    loudness_lufs : float or None
        Moves with the microphone's distance and gain.
    projection_db : float or None
        Spectral balance (`dsp.projection`): does not move with the gain.
    pitch_st, pitch_range_st : float or None
        Mean over 27.5 Hz, and 5 to 95 percentile range, semitones.
    speech_rate : float or None
        Syllables per second, pauses included.
    voicing : float or None
        Share of the speech that is voiced; whispering has little.
    """

    speech_s: float
    loudness_lufs: float | None = None
    projection_db: float | None = None
    pitch_st: float | None = None
    pitch_range_st: float | None = None
    speech_rate: float | None = None
    voicing: float | None = None

    @classmethod
    def of_line(cls, voice: LineVoice, *, speech_rate: float | None, speech_s: float) -> Delivery:
        """Gather what was measured of a line.

        Parameters
        ----------
        voice : LineVoice
        speech_rate : float or None
            Syllables per second of total time.
        speech_s : float > 0
            Phonation time.
        """
        return cls(
            speech_s=speech_s,
            loudness_lufs=voice.loudness_lufs,
            projection_db=voice.projection_db,
            pitch_st=voice.pitch.mean_st if voice.pitch else None,
            pitch_range_st=voice.pitch.range_st if voice.pitch else None,
            speech_rate=speech_rate,
            voicing=min(1.0, voice.quality.voiced_s / speech_s),
        )

    def and_then(self, line: Delivery) -> Delivery:
        """Mean of this and one more line, by seconds; what the line lacks stays as it is."""
        kept_s = min(self.speech_s, MEMORY_S - line.speech_s)
        share = line.speech_s / (kept_s + line.speech_s)

        def mean(usual: float | None, new: float | None) -> float | None:
            if usual is None or new is None:
                return new if usual is None else usual
            return float(np.round((1 - share) * usual + share * new, 3))

        return Delivery(
            speech_s=kept_s + line.speech_s,
            loudness_lufs=mean(self.loudness_lufs, line.loudness_lufs),
            projection_db=mean(self.projection_db, line.projection_db),
            pitch_st=mean(self.pitch_st, line.pitch_st),
            pitch_range_st=mean(self.pitch_range_st, line.pitch_range_st),
            speech_rate=mean(self.speech_rate, line.speech_rate),
            voicing=mean(self.voicing, line.voicing),
        )

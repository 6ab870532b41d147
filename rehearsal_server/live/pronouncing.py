"""What it takes to judge how a line was pronounced: the pronunciations of its words."""

from __future__ import annotations

import logging
from functools import cache

import numpy as np
import numpy.typing as npt

from dsp.line_voice import LineVoice
from models.acoustic.acoustic_model import open_acoustic_model
from models.acoustic.dictionary import Dictionary
from models.card import ModelAbsent
from models.pronunciation.assessment import (
    ENGINE,
    PronunciationAssessor,
    PronunciationScores,
    WrittenWord,
)
from models.registry import ModelStatus
from rehearsal_server.following.pronouncer import Phonemizer, Pronouncer
from rehearsal_server.scripts.breaks import natural_breaks_ms
from rehearsal_server.scripts.words import words

log = logging.getLogger("rehearsal_server.live")

_LANGUAGE = "en"
_TASK = "pronunciation"


class LinePronouncing:
    """Knows how the words of lines are said.

    Parameters
    ----------
    pronouncer : Pronouncer or None
    absence : str
        Why there is none.
    """

    def __init__(self, pronouncer: Pronouncer | None, absence: str = "") -> None:
        self._pronouncer = pronouncer
        self._absence = absence

    @property
    def status(self) -> ModelStatus:
        """Whether pronunciation is judged here."""
        detail = f"{ENGINE}; English, words after the line, phones as hints"
        return ModelStatus(_TASK, self._pronouncer is not None, self._absence or detail)

    async def written_words(self, text: str, language: str) -> tuple[WrittenWord, ...]:
        """The words of a line; none where its pronunciation can't be judged."""
        if self._pronouncer is None or language.partition("-")[0] != _LANGUAGE:
            return ()
        found = words(text)
        known = await self._pronouncer.pronounce(word.text for word in found)
        return tuple(
            WrittenWord(word.text.lower(), known[word.text], break_ms)
            for word, break_ms in zip(found, natural_breaks_ms(text), strict=True)
        )


def open_pronouncing(phonemizer: Phonemizer) -> LinePronouncing:
    """Open the dictionary; the model is opened by the process that judges lines.

    Parameters
    ----------
    phonemizer : Phonemizer
        Asked for words that the dictionary lacks.
    """
    try:
        return LinePronouncing(Pronouncer(Dictionary(), phonemizer))
    except ModelAbsent as absence:
        return LinePronouncing(None, str(absence))


def judge_pronunciation(
    samples: npt.NDArray[np.float32], written: tuple[WrittenWord, ...], voice: LineVoice
) -> PronunciationScores | None:
    """Judge a line in the process that describes lines; None where that is not possible."""
    assessor = _assessor()
    if assessor is None or not written:
        return None
    f0_hz = np.array([np.nan if f0 is None else f0 for f0 in voice.f0_hz], np.float64)
    return assessor.assess(samples, written, f0_hz, voice.f0_frame_s)


@cache
def _assessor() -> PronunciationAssessor | None:
    try:
        return PronunciationAssessor(open_acoustic_model())
    except ModelAbsent:
        log.exception("pronunciation is not judged")
        return None

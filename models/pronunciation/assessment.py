"""Samples and text in; how well the text was pronounced, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.acoustic.acoustic_model import SILENCE, AcousticModel, distinct_senones
from models.acoustic.dictionary import Pronunciation
from models.acoustic.scoring import SenoneScorer
from models.pronunciation import scores
from models.pronunciation.alignment import OTHER_FRAME_COST, align
from models.pronunciation.goodness import LineFit, WordFit, fit_line
from models.pronunciation.line_features import FIRST_FRAME_MS, line_features
from models.pronunciation.linking import linked_variants
from models.pronunciation.word_graph import WordGraph, build_word_graph

Float32s = npt.NDArray[np.float32]

ENGINE = "gop/pocketsphinx-en-us"
# Less is no speech that a word could be in.
_SHORTEST_SAMPLES = 1600
# With less of the text, breaks and rhythm are those of something else.
_LEAST_MATCH = 0.5


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """A word of the text.

    Attributes
    ----------
    text : str
        Lower case.
    pronunciations : sequence of pronunciations
        Empty if unknown: the word is then not assessed.
    break_ms : int
        How long a break is natural after it.
    """

    text: str
    pronunciations: Sequence[Pronunciation]
    break_ms: int = 0


@dataclass(frozen=True, slots=True)
class PhoneScore:
    """A hint at what was unlike; one phone's score is too unsure to be shown as a verdict."""

    phone: str
    accuracy: float
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class WordScore:
    """One word of the text.

    Attributes
    ----------
    text : str
    accuracy : float or None
        0 to 100; None if it was not pronounced, or not assessed.
    is_assessed : bool
        A pronunciation of it is known.
    start_ms, end_ms : int or None
    phones : tuple of PhoneScore
        What natural linking leaves out is not among them, and is no error.
    """

    text: str
    accuracy: float | None
    is_assessed: bool
    start_ms: int | None
    end_ms: int | None
    phones: tuple[PhoneScore, ...]


@dataclass(frozen=True, slots=True)
class PronunciationScores:
    """A line, 0 to 100 each; see `scores` for what they mean.

    Attributes
    ----------
    accuracy, completeness : float
    fluency, prosody : float or None
        None where too little of the text was said.
    overall : float
    text_match : float
        How far it was this text at all, 0 to 1; a non-answer is 0.
    words : tuple of WordScore
    engine : str
    """

    accuracy: float
    completeness: float
    fluency: float | None
    prosody: float | None
    overall: float
    text_match: float
    words: tuple[WordScore, ...]
    engine: str = ENGINE

    def shifted(self, start_ms: int) -> PronunciationScores:
        """The same, dated on the clock on which the line began at `start_ms`."""
        return replace(self, words=tuple(_shifted(word, start_ms) for word in self.words))


class PronunciationAssessor:
    """Judges lines. Holds no state of any line.

    Parameters
    ----------
    model : AcousticModel
    """

    def __init__(self, model: AcousticModel) -> None:
        self._model = model
        self._phones = np.concatenate([model.senones(phone) for phone in model.speech_phones])
        self._silence = model.senones(SILENCE)

    def assess(
        self,
        samples: Float32s,
        words: Sequence[WrittenWord],
        f0_hz: npt.NDArray[np.float64],
        f0_frame_s: float,
    ) -> PronunciationScores | None:
        """Judge a line.

        Parameters
        ----------
        samples : float32, shape (n_samples,)
            At the analysis rate.
        words : sequence of WrittenWord
        f0_hz : float, shape (n_frames,)
            NaN where unvoiced; frame ``i`` is centred at ``i * f0_frame_s``.
        f0_frame_s : float > 0, seconds

        Returns
        -------
        PronunciationScores or None
            None if no word of the text has a known pronunciation.
        """
        known = [index for index, word in enumerate(words) if word.pronunciations]
        if not known:
            return None
        line = self.fit(samples, [words[index] for index in known])
        match = scores.text_match(line)
        breaks = [words[index].break_ms for index in known]
        is_judged = match >= _LEAST_MATCH
        fluency = scores.fluency(line.words, breaks) if is_judged else None
        prosody = scores.prosody(line.words, f0_hz, f0_frame_s) if is_judged else None
        accuracy = scores.accuracy(line.words, match)
        completeness = scores.completeness(line.words, match)
        parts = [accuracy, completeness, *(part for part in (fluency, prosody) if part is not None)]
        return PronunciationScores(
            accuracy=round(accuracy, 1),
            completeness=round(completeness, 1),
            fluency=_rounded(fluency),
            prosody=_rounded(prosody),
            overall=round(scores.overall(parts), 1),
            text_match=round(match, 2),
            words=_word_scores(words, dict(zip(known, line.words, strict=True))),
        )

    def fit(self, samples: Float32s, words: Sequence[WrittenWord]) -> LineFit:
        """Find out when and how well each word was said; all have known pronunciations."""
        if len(samples) < _SHORTEST_SAMPLES or not samples.any():
            return LineFit(tuple(WordFit(()) for _ in words), -float(OTHER_FRAME_COST))
        linked = linked_variants(
            [word.text for word in words], [word.pronunciations for word in words]
        )
        return self._fit(samples, build_word_graph(self._model, linked))

    def _fit(self, samples: Float32s, graph: WordGraph) -> LineFit:
        features = line_features(samples)
        senones = distinct_senones([graph.senones, self._phones, self._silence])
        table = SenoneScorer(self._model, senones).score(features)
        of_states = table[:, np.searchsorted(senones, graph.senones)]
        silence = table[:, np.searchsorted(senones, self._silence)].max(axis=1)
        best_phone = table[:, np.searchsorted(senones, self._phones)].max(axis=1)
        aligned = align(graph, of_states, silence, best_phone)
        return fit_line(graph, aligned, of_states, best_phone, FIRST_FRAME_MS)


def _shifted(word: WordScore, by_ms: int) -> WordScore:
    if word.start_ms is None or word.end_ms is None:
        return word
    phones = tuple(
        replace(phone, start_ms=phone.start_ms + by_ms, end_ms=phone.end_ms + by_ms)
        for phone in word.phones
    )
    start_ms, end_ms = word.start_ms + by_ms, word.end_ms + by_ms
    return replace(word, start_ms=start_ms, end_ms=end_ms, phones=phones)


def _word_scores(words: Sequence[WrittenWord], fits: dict[int, WordFit]) -> tuple[WordScore, ...]:
    return tuple(_word_score(word, fits.get(index)) for index, word in enumerate(words))


def _word_score(word: WrittenWord, fit: WordFit | None) -> WordScore:
    if fit is None or not scores.is_pronounced(fit):
        return WordScore(word.text, None, fit is not None, None, None, ())
    phones = tuple(
        PhoneScore(p.phone, round(scores.phone_accuracy(p), 1), p.start_ms, p.end_ms)
        for p in fit.phones
    )
    accuracy = _rounded(scores.word_accuracy(fit))
    return WordScore(word.text, accuracy, True, phones[0].start_ms, phones[-1].end_ms, phones)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 1)

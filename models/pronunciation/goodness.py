"""How well each phone of an aligned line fits (goodness of pronunciation).

After Witt & Young (2000): the mean log-likelihood of a phone's frames under the phone, minus that
of the best phone whatever it is. Deviations: the phone is scored by its senones in context, which
know how neighbours colour it, and the competition phone by phone out of context, frame by frame,
which needs no second decoding. On native speech this tells a wrong phone from a right one better
than scoring both out of context (`python -m benchmarks.pronunciation`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.acoustic.front_end import FRAME_MS
from models.pronunciation.alignment import BETWEEN_WORDS, OTHER_FRAME_COST, Aligned
from models.pronunciation.word_graph import WordGraph

Float32s = npt.NDArray[np.float32]

# The best-fitting frame of a phone can't outweigh the rest, nor one cough a whole phone.
_WORST, _BEST = np.float32(-15.0), np.float32(5.0)
# Of speech that is no word of the line: what the alignment takes it for.
OTHER_GOODNESS = -float(OTHER_FRAME_COST)


@dataclass(frozen=True, slots=True)
class PhoneFit:
    """One phone as it was said.

    Attributes
    ----------
    phone : str
    goodness : float
        Nats a frame; about 0 where it fits as well as native speech does, lower where worse.
    start_ms, end_ms : int
        From the first sample.
    """

    phone: str
    goodness: float
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class WordFit:
    """One word as it was said: its phones, in order; none if it was left out."""

    phones: tuple[PhoneFit, ...]

    @property
    def goodness(self) -> float:
        """Mean over the phones, each as heavy as any other."""
        return float(np.mean([phone.goodness for phone in self.phones]))


@dataclass(frozen=True, slots=True)
class LineFit:
    """A line as it was said.

    Attributes
    ----------
    words : tuple of WordFit
        One for each word of the text.
    goodness : float
        Mean over all frames in which something was said, nats; `OTHER_GOODNESS` where that was
        no word of the line.
    """

    words: tuple[WordFit, ...]
    goodness: float


def fit_line(
    graph: WordGraph, aligned: Aligned, scores: Float32s, best_phone: Float32s, first_ms: int
) -> LineFit:
    """Judge an alignment.

    Parameters
    ----------
    graph : WordGraph
    aligned : Aligned
    scores : float32, shape (n_frames, n_states)
        Log-likelihoods of each state's senone.
    best_phone : float32, shape (n_frames,)
        Of the phone that fits best, out of context.
    first_ms : int
        When the first frame begins.

    Returns
    -------
    LineFit
        With one word for each of the graph.
    """
    frames = np.flatnonzero(aligned.state != BETWEEN_WORDS)
    states = aligned.state[frames]
    fit = np.clip(scores[frames, states] - best_phone[frames], _WORST, _BEST)
    phones: list[list[PhoneFit]] = [[] for _ in range(graph.words)]
    of_phone = graph.phone[states]
    starts = np.flatnonzero(np.diff(of_phone, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(frames)], strict=True):
        number = int(of_phone[start])
        phones[graph.phone_word[number]].append(
            PhoneFit(
                phone=graph.phones[number],
                goodness=float(fit[start:end].mean()),
                start_ms=max(0, first_ms + FRAME_MS * int(frames[start])),
                end_ms=max(0, first_ms + FRAME_MS * (int(frames[end - 1]) + 1)),
            )
        )
    return LineFit(tuple(WordFit(tuple(word)) for word in phones), _line_goodness(fit, aligned))


def _line_goodness(fit: Float32s, aligned: Aligned) -> float:
    others = int(aligned.is_other.sum())
    if not len(fit) + others:
        return OTHER_GOODNESS
    return (float(fit.sum()) + OTHER_GOODNESS * others) / (len(fit) + others)

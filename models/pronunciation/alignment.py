"""Forced alignment: when each phone of a known line was said, words left out or put in besides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.pronunciation.word_graph import WordGraph

Float32s = npt.NDArray[np.float32]

# Costs in nats, for leaving a word out, for something else that begins between two words, for each
# of its frames, for silence. Learners' words must not be taken for something else: on
# speechocean762 these leave out 1 % of the words, on native speech none.
SKIP_COST = np.float32(40.0)
OTHER_COST = np.float32(10.0)
OTHER_FRAME_COST = np.float32(5.0)
SILENCE_COST = np.float32(1.0)

_IMPOSSIBLE = np.float32(-1e9)
BETWEEN_WORDS = -1
_ARRIVED, _SILENT, _OTHER = range(3)
# To be silent, to say something else (rows), having arrived, been silent, said something else.
_WAITING_COSTS = np.array(
    [[SILENCE_COST, 0, SILENCE_COST], [OTHER_COST, OTHER_COST, 0]], np.float32
)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Which frames are which phone.

    Attributes
    ----------
    state : int32, shape (n_frames,)
        State of the graph, `BETWEEN_WORDS` where there is none.
    is_other : bool, shape (n_frames,)
        Between words, and something else is said there.
    """

    state: npt.NDArray[np.int32]
    is_other: npt.NDArray[np.bool_]


def align(graph: WordGraph, scores: Float32s, silence: Float32s, other: Float32s) -> Aligned:
    """Find the best path through a line.

    Parameters
    ----------
    graph : WordGraph
    scores : float32, shape (n_frames, n_states)
        Log-likelihoods of each state's senone.
    silence, other : float32, shape (n_frames,)
        Of silence, and of whatever speech fits best.

    Returns
    -------
    Aligned
        With no states at all where the line was not said, or is too short to be.
    """
    paths = _Paths(graph, len(scores))
    waiting = np.stack([silence, other - OTHER_FRAME_COST], axis=1)
    for frame in range(len(scores)):
        paths.step(frame, scores[frame], waiting[frame])
    return paths.trace()


class _Paths:
    """Viterbi over the words' states and, at each boundary of words, three ways to be there.

    Boundary ``b`` has the words before ``b`` behind it. One has just arrived there, is silent
    there, or says something else there.
    """

    def __init__(self, graph: WordGraph, frames: int) -> None:
        self._graph = graph
        states, bounds = len(graph.senones), graph.words + 1
        self._skipped = SKIP_COST * np.arange(bounds, dtype=np.float32)
        # What does not exist points to a state after the last, which is never reached.
        is_real = graph.entries >= 0
        self._exits = np.where(is_real, graph.exits, states)
        self._leave_exits = np.append(graph.leave, np.float32(0))[self._exits]
        self._arrive = np.append(np.float32(0), graph.leave[:-1]).astype(np.float32)
        # Boundary before the word of each first state.
        self._bound = np.zeros(states, np.intp)
        self._bound[graph.entries[is_real]] = np.nonzero(is_real)[0]
        self._score = np.full(states, _IMPOSSIBLE, np.float32)
        self._between = np.full((3, bounds), _IMPOSSIBLE, np.float32)
        self._between[_ARRIVED] = -self._skipped
        # Where the best path to everything came from, by frame.
        self._state_from = np.zeros((frames, states), np.int8)
        self._entered_from = np.zeros((frames, bounds), np.int8)
        self._waited_from = np.zeros((frames, 3, bounds), np.int8)
        self._variant = np.zeros((frames, bounds), np.int8)
        self._skipped_from = np.zeros((frames, bounds), np.int32)

    def step(self, frame: int, scores: Float32s, waiting: Float32s) -> None:
        """Take in a frame; `waiting` are the scores of being silent and of something else."""
        before = self._between
        self._entered_from[frame] = before.argmax(axis=0)
        self._step_states(frame, scores, before.max(axis=0))
        came = before[None] - _WAITING_COSTS[:, :, None]
        self._waited_from[frame, 1:] = came.argmax(axis=1)
        waited = came.max(axis=1) + waiting[:, None]
        self._between = np.concatenate([self._arrivals(frame)[None], waited])

    def _step_states(self, frame: int, scores: Float32s, entering: Float32s) -> None:
        graph = self._graph
        stay = self._score + graph.stay
        on = np.append(_IMPOSSIBLE, self._score[:-1]) + self._arrive
        on = np.where(graph.is_first, entering[self._bound], on)
        has_moved = on > stay
        self._state_from[frame] = has_moved
        self._score = np.where(has_moved, on, stay) + scores

    def _arrivals(self, frame: int) -> Float32s:
        """Scores of arriving at each boundary with this frame, words left out on the way or not."""
        ends = np.append(self._score, _IMPOSSIBLE)[self._exits] + self._leave_exits
        variant = ends.argmax(axis=1)
        self._variant[frame, 1:] = variant
        arrived = np.append(_IMPOSSIBLE, ends[np.arange(len(ends)), variant])
        # Leaving words out costs the same for each, so relative to that cost the best is a running
        # maximum; where it does not grow, words were left out.
        level = arrived + self._skipped
        best = np.maximum.accumulate(level)
        own = np.where(level >= best, np.arange(len(level)), 0)
        self._skipped_from[frame] = np.maximum.accumulate(own)
        scores: Float32s = (best - self._skipped).astype(np.float32)
        return scores

    def trace(self) -> Aligned:
        """The best path, from its end to its beginning."""
        graph, frames = self._graph, len(self._state_from)
        state = np.full(frames, BETWEEN_WORDS, np.int32)
        is_other = np.zeros(frames, np.bool_)
        frame, bound = frames - 1, graph.words
        kind = int(self._between[:, bound].argmax())
        while frame >= 0:
            if kind != _ARRIVED:
                is_other[frame] = kind == _OTHER
                kind = int(self._waited_from[frame, kind, bound])
                frame -= 1
                continue
            bound = int(self._skipped_from[frame, bound])
            start = self._trace_word(frame, bound, state)
            bound -= 1
            kind = int(self._entered_from[start, bound])
            frame = start - 1
        return Aligned(state, is_other)

    def _trace_word(self, frame: int, bound: int, state: npt.NDArray[np.int32]) -> int:
        """Fill in the word that ends at `bound` with `frame`; the frame in which it began."""
        current = int(self._graph.exits[bound - 1, self._variant[frame, bound]])
        while True:
            state[frame] = current
            has_moved = self._state_from[frame, current]
            if has_moved and self._graph.is_first[current]:
                return frame
            current -= int(has_moved)
            frame -= 1

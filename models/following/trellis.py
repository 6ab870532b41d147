"""One Viterbi step a frame through the lines of many streams, as array operations.

A path runs word by word through *boundaries*: boundary ``b`` has the words before ``b`` behind it.
From a boundary it may begin the next word, be silent, say something else, leave words out, or jump.
Each word's end is recorded with where it came from, in a ring of `RECORDED_FRAMES`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.kernel import Slots
from models.following.line_graph import MOST_VARIANTS, LineGraph
from models.following.settings import FollowingSettings

Float32s = npt.NDArray[np.float32]
Int32s = npt.NDArray[np.int32]

# How far back a word's beginning can be looked up: longer than any word or pause to be seen whole.
RECORDED_FRAMES = 256
# Marks a pointer whose path said something else after the word it points to.
OTHER_FLAG = 1 << 30
# A pointer to no record: nothing of the line is behind.
NOWHERE = 0
_IMPOSSIBLE = np.float32(-1e9)
# Silence that explains a frame so much worse than the best phone is none.
_SILENCE_MARGIN = np.float32(2.0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the best path of each stream stands; arrays of shape (n,).

    Attributes
    ----------
    word : int32
        The word that is being said; -1 between words.
    is_late : bool
        That word is as good as said.
    boundary : int32
        Between words: how many are behind. Else -1.
    is_silent : bool
        Between words, and silent rather than saying something else.
    pointer : int32
        Record of the last word on the path (see `Trellis.trace`), or NOWHERE; may be flagged.
    entered : int32
        In a word: the frame in which it began. Else -1.
    score : float32
        Of the path, relative to any speech at all.
    """

    word: Int32s
    is_late: npt.NDArray[np.bool_]
    boundary: Int32s
    is_silent: npt.NDArray[np.bool_]
    pointer: Int32s
    entered: Int32s
    score: Float32s


class Trellis:
    """The paths of streams whose lines have at most so many states and words.

    Parameters
    ----------
    capacity, states, words : int > 0
    settings : FollowingSettings
    """

    def __init__(self, capacity: int, states: int, words: int, settings: FollowingSettings) -> None:
        self.states, self.words = states, words
        self._costs = settings
        # The graph of each slot's line. One state more than the longest line has is never reached:
        # what does not exist points to it.
        nowhere = states
        self.column = np.zeros((capacity, states), np.int32)
        self._stay = np.full((capacity, states), _IMPOSSIBLE, np.float32)
        self._arrive = np.full((capacity, states), _IMPOSSIBLE, np.float32)
        self._state_word = np.zeros((capacity, states), np.int32)
        self._is_late = np.zeros((capacity, states), np.bool_)
        self._entry_state = np.full((capacity, MOST_VARIANTS * words), nowhere, np.int32)
        self._entry_word = np.zeros((capacity, MOST_VARIANTS * words), np.int32)
        self._exit_state = np.full((capacity, words, MOST_VARIANTS), nowhere, np.int32)
        self._exit_log = np.zeros((capacity, words, MOST_VARIANTS), np.float32)
        self._is_boundary = np.zeros((capacity, words + 1), np.bool_)
        # The paths. Of each: score, and a pointer to the last record behind it.
        self._frame = np.zeros(capacity, np.int32)
        self._score = np.full((capacity, states + 1), _IMPOSSIBLE, np.float32)
        self._entry = np.full((capacity, states + 1), NOWHERE, np.int32)
        self._boundary = np.full((3, capacity, words + 1), _IMPOSSIBLE, np.float32)
        self._behind = np.full((3, capacity, words + 1), NOWHERE, np.int32)
        # For each frame and word: the pointer with which the word was begun, the entry with which
        # it ended, and the scores there; for each frame, whether it was anything but silence.
        self._begun = np.full((capacity, RECORDED_FRAMES, words), NOWHERE, np.int32)
        self._ended = np.full((capacity, RECORDED_FRAMES, words), NOWHERE, np.int32)
        self._is_sound = np.zeros((capacity, RECORDED_FRAMES), np.bool_)
        self._begun_score = np.zeros((capacity, RECORDED_FRAMES, words), np.float32)
        self._ended_score = np.zeros((capacity, RECORDED_FRAMES, words), np.float32)

    @property
    def capacity(self) -> int:
        """Places there are."""
        return len(self._frame)

    def resize(self, capacity: int) -> None:
        """Make room for `capacity` places; a new one is armed before it is stepped."""
        more = capacity - self.capacity
        for name, array in vars(self).items():
            if isinstance(array, np.ndarray):
                axis = 1 if name in ("_boundary", "_behind") else 0
                width = [(0, more if dimension == axis else 0) for dimension in range(array.ndim)]
                setattr(self, name, np.pad(array, width))

    def arm(self, slot: int, graph: LineGraph) -> None:
        """Begin a line in a slot: its first word is expected, now or after a silence."""
        states, words, entries = graph.states, graph.words, len(graph.entry_state)
        self.column[slot, :states] = graph.column
        self._stay[slot] = _IMPOSSIBLE
        self._stay[slot, :states] = graph.stay
        self._arrive[slot] = _IMPOSSIBLE
        self._arrive[slot, 1:states] = graph.leave[:-1]
        self._arrive[slot, graph.entry_state] = _IMPOSSIBLE
        self._state_word[slot, :states] = graph.word
        self._is_late[slot, :states] = graph.is_late
        self._entry_state[slot] = self.states
        self._entry_state[slot, :entries] = graph.entry_state
        self._entry_word[slot, :entries] = graph.entry_word
        exists = graph.exit_state >= 0
        self._exit_state[slot] = self.states
        self._exit_state[slot, :words] = np.where(exists, graph.exit_state, self.states)
        self._exit_log[slot, :words] = graph.leave[graph.exit_state]
        self._is_boundary[slot] = np.arange(self.words + 1) <= words
        self._frame[slot] = 0
        self._score[slot] = _IMPOSSIBLE
        self._entry[slot] = NOWHERE
        self._boundary[:, slot] = _IMPOSSIBLE
        self._boundary[:2, slot, 0] = 0
        self._behind[:, slot] = NOWHERE

    def step(self, slots: Slots, scores: Float32s, silence: Float32s) -> Standing:
        """Advance the paths of some streams by one frame.

        Parameters
        ----------
        slots : intp, shape (n,)
        scores : float32, shape (n, states)
            Of each state's senone, relative to any speech (`phone_loop`). Padding is ignored.
        silence : float32, shape (n,)
            Of silence, relative to any speech.
        """
        costs = self._costs
        frame = self._frame[slots]
        row = np.arange(len(slots))[:, None]
        ring = frame % RECORDED_FRAMES
        open_score, silent, others = self._boundary[:, slots]
        open_behind, silent_behind, others_behind = self._behind[:, slots]

        # Words: stay, go on to the next state, or begin.
        entry_state, entry_word = self._entry_state[slots], self._entry_word[slots]
        before, entries = self._score[slots], self._entry[slots]
        arriving = np.empty_like(before)
        arriving[:, 0] = _IMPOSSIBLE
        arriving[:, 1:-1] = before[:, :-2] + self._arrive[slots, 1:]
        arriving_entry = np.empty_like(entries)
        arriving_entry[:, 1:] = entries[:, :-1]
        # Records and entries are numbered by frame and word, from 1 frame on: 0 is `NOWHERE`.
        first_number = ((frame + 1) * self.words)[:, None]
        arriving[row, entry_state] = open_score[row, entry_word] - np.float32(costs.word_cost)
        arriving_entry[row, entry_state] = first_number + entry_word
        arriving[:, -1] = _IMPOSSIBLE
        staying = before[:, :-1] + self._stay[slots]
        moves = arriving[:, :-1] > staying
        after = np.empty_like(before)
        after[:, :-1] = np.where(moves, arriving[:, :-1], staying) + scores
        after[:, -1] = _IMPOSSIBLE
        entries[:, :-1] = np.where(moves, arriving_entry[:, :-1], entries[:, :-1])
        self._begun[slots, ring] = open_behind[:, :-1]
        self._begun_score[slots, ring] = open_score[:, :-1]

        # Between words: be silent, or say something else.
        self._is_sound[slots, ring] = silence < -_SILENCE_MARGIN
        falls = open_score - np.float32(costs.silence_cost) > silent
        silent = np.where(falls, open_score - np.float32(costs.silence_cost), silent)
        silent = silent + silence[:, None]
        silent_behind = np.where(falls, open_behind, silent_behind)
        begins = open_score - np.float32(costs.other_cost) > others
        others = np.where(begins, open_score - np.float32(costs.other_cost), others)
        others = others - np.float32(costs.other_frame_cost)
        others_behind = np.where(begins, open_behind | OTHER_FLAG, others_behind)

        # Ends of words.
        exits = self._exit_state[slots]
        exit_scores = after[row[:, :, None], exits] + self._exit_log[slots]
        best = exit_scores.argmax(axis=2)
        ended = np.take_along_axis(exit_scores, best[:, :, None], 2)[:, :, 0]
        exit_best = np.take_along_axis(exits, best[:, :, None], 2)[:, :, 0]
        self._ended[slots, ring] = entries[row, exit_best]
        self._ended_score[slots, ring] = ended
        opened = np.full_like(open_score, _IMPOSSIBLE)
        opened[:, 1:] = ended
        pointer = np.full_like(open_behind, NOWHERE)
        pointer[:, 1:] = first_number + np.arange(self.words, dtype=np.int32)
        for score, behind in ((silent, silent_behind), (others, others_behind)):
            better = score > opened
            opened = np.where(better, score, opened)
            pointer = np.where(better, behind, pointer)
        opened, pointer = self._leap(opened, pointer)
        opened[~self._is_boundary[slots]] = _IMPOSSIBLE

        self._score[slots], self._entry[slots] = after, entries
        self._boundary[:, slots] = np.stack([opened, silent, others])
        self._behind[:, slots] = np.stack([pointer, silent_behind, others_behind])
        self._frame[slots] = frame + 1
        return self._standing(slots)

    def _leap(self, score: Float32s, pointer: Int32s) -> tuple[Float32s, Int32s]:
        """Let paths leave words out, or go anywhere else in the line."""
        costs = self._costs
        places = np.arange(score.shape[1], dtype=np.float32)
        word_cost = np.float32(costs.skip_word_cost)
        level = score + word_cost * places
        highest = np.maximum.accumulate(level, axis=1)
        came_from = np.maximum.accumulate(
            np.where(level >= highest, np.arange(score.shape[1]), 0), axis=1
        )
        skipped = np.full_like(score, _IMPOSSIBLE)
        skipped[:, 1:] = highest[:, :-1] - word_cost * places[1:] - np.float32(costs.skip_cost)
        source = np.zeros_like(came_from)
        source[:, 1:] = came_from[:, :-1]
        best = score.argmax(axis=1)[:, None]
        jumped = np.take_along_axis(score, best, 1) - np.float32(costs.jump_cost)
        jumps = jumped > skipped
        leapt = np.where(jumps, jumped, skipped)
        source = np.where(jumps, best, source)
        better = leapt > score
        return (
            np.where(better, leapt, score),
            np.where(better, np.take_along_axis(pointer, source, 1), pointer),
        )

    def _standing(self, slots: Slots) -> Standing:
        score, boundary = self._score[slots], self._boundary[1:, slots]
        row = np.arange(len(slots))
        state = score.argmax(axis=1)
        silent, other = boundary.argmax(axis=2)
        candidates = np.stack(
            [score[row, state], boundary[0, row, silent], boundary[1, row, other]]
        )
        kind = candidates.argmax(axis=0)
        in_word = kind == 0
        entry = self._entry[slots, state]
        word = self._state_word[slots, np.minimum(state, self.states - 1)]
        place = np.where(kind == 1, silent, other)
        behind = np.where(kind == 1, self._behind[1, slots, silent], self._behind[2, slots, other])
        frame_entered = entry // self.words - 1
        begun = self._begun[slots, frame_entered % RECORDED_FRAMES, entry % self.words]
        return Standing(
            word=np.where(in_word, word, -1).astype(np.int32),
            is_late=in_word & self._is_late[slots, np.minimum(state, self.states - 1)],
            boundary=np.where(in_word, -1, place).astype(np.int32),
            is_silent=kind == 1,
            pointer=np.where(in_word, begun, behind).astype(np.int32),
            entered=np.where(in_word, frame_entered, -1).astype(np.int32),
            score=candidates.max(axis=0),
        )

    def sounding_frames(self, slot: int, first: int, end: int) -> int:
        """How many of the frames from `first` to `end` (exclusive) were no silence."""
        first = max(first, int(self._frame[slot]) - RECORDED_FRAMES)
        frames = np.arange(first, max(first, end)) % RECORDED_FRAMES
        return int(self._is_sound[slot, frames].sum())

    def record(self, slot: int, pointer: int) -> Record | None:
        """Look a record up; None if it is `NOWHERE` or too old."""
        number, word = divmod(pointer & ~OTHER_FLAG, self.words)
        frame, now = number - 1, int(self._frame[slot])
        if frame < 0 or now - frame > RECORDED_FRAMES:
            return None
        entry = int(self._ended[slot, frame % RECORDED_FRAMES, word])
        entered = entry // self.words - 1
        is_known = now - entered <= RECORDED_FRAMES
        return Record(
            word=word,
            entered=entered,
            ended=frame,
            score=float(self._ended_score[slot, frame % RECORDED_FRAMES, word]),
            score_before=float(self._begun_score[slot, entered % RECORDED_FRAMES, word]),
            before=int(self._begun[slot, entered % RECORDED_FRAMES, word]) if is_known else NOWHERE,
        )


@dataclass(frozen=True, slots=True)
class Record:
    """A word that a path has gone through, in frames since the line was armed."""

    word: int
    entered: int
    ended: int
    # Of the path at its end, and where the word began.
    score: float
    score_before: float
    # The record before it, or NOWHERE; flagged if something else was said in between.
    before: int

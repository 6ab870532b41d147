"""Following the lines of many streams: hops of samples in, what was heard of each line out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES, samples_to_ms
from dsp.kernel import Hops, Slots
from models.acoustic.acoustic_model import AcousticModel
from models.acoustic.front_end import (
    CEPSTRA,
    FEATURES,
    FRAME_SAMPLES,
    FRAMES_PER_HOP,
    FrontEnd,
)
from models.acoustic.scoring import CHUNK_FRAMES, PhoneScorer, mix_few, relative_densities
from models.following.cepstral_mean import CepstralMean, MeanState
from models.following.heard import NO_WORD, Heard
from models.following.line_graph import LineGraph
from models.following.phone_loop import PhoneLoop
from models.following.settings import FollowingSettings
from models.following.trellis import Standing, Trellis
from models.following.word_path import WordPath

Float32s = npt.NDArray[np.float32]

# A line may begin to be followed this long after its first sound.
KEPT_FRAMES = 256
# The centre of a stream's frame number f is at sample FRAME_SAMPLES * f - _FRAME_LEAD.
_FRAME_LEAD = 595
# A line may be over for so many hops before that is told.
_KEPT_MEANS = 64
_SMALLEST_STATES, _SMALLEST_WORDS = 128, 8


@dataclass(eq=False, slots=True)
class _Following:
    """One stream's line."""

    slot: int
    graph: LineGraph
    trellis: Trellis
    place: int
    path: WordPath
    next_frame: int
    # Position and mean cepstrum at the end of the last hops.
    means: deque[tuple[int, MeanState]] = field(default_factory=lambda: deque(maxlen=_KEPT_MEANS))

    @property
    def position(self) -> int:
        """End of the last hop whose frames were run."""
        return self.next_frame // FRAMES_PER_HOP * HOP_SAMPLES


class FollowingBank:
    """Follows one line of each stream at a time.

    Parameters
    ----------
    model : AcousticModel
    settings : FollowingSettings
    capacity : int > 0
        Streams to make room for at first.
    """

    def __init__(
        self,
        model: AcousticModel,
        settings: FollowingSettings | None = None,
        *,
        capacity: int = 16,
    ) -> None:
        self._model = model
        self._settings = settings or FollowingSettings()
        self._free = list(range(capacity - 1, -1, -1))
        self._front_end = FrontEnd(capacity)
        self._mean = CepstralMean(capacity)
        self._loop = PhoneLoop(model, capacity, phone_cost=self._settings.phone_cost)
        self._phones = PhoneScorer(model)
        self._features = np.zeros((capacity, KEPT_FRAMES, FEATURES), np.float32)
        self._frames = np.zeros(capacity, np.int64)
        self._first_frame = np.zeros(capacity, np.int64)
        self._following: dict[int, _Following] = {}
        self._groups: dict[tuple[int, int], _Group] = {}

    @property
    def capacity(self) -> int:
        """Streams there is room for before the bank grows."""
        return len(self._frames)

    def acquire(self, at_position: int = 0) -> int:
        """Take a slot for a stream; its first hop begins at this sample of it."""
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._frames[slot] = self._first_frame[slot] = at_position // FRAME_SAMPLES
        return slot

    def release(self, slot: int) -> None:
        """Give a slot back and forget its stream."""
        self.disarm(slot)
        slots = np.array([slot])
        for kernel in (self._front_end, self._mean, self._loop):
            kernel.reset(slots)
        self._free.append(slot)

    def arm(self, slot: int, graph: LineGraph, from_position: int) -> None:
        """Follow a line from a sample of the stream on; any line before is forgotten.

        The frames from there on are taken with the next hop, as far as they are kept.
        """
        self.disarm(slot)
        group = self._group(graph)
        first = -(-(from_position + _FRAME_LEAD) // FRAME_SAMPLES)
        first = max(first, int(self._frames[slot]) - KEPT_FRAMES, int(self._first_frame[slot]))
        origin_ms = 1000 * (first * FRAME_SAMPLES - _FRAME_LEAD) // ANALYSIS_RATE_HZ
        place = group.take()
        group.trellis.arm(place, graph)
        self._following[slot] = _Following(
            slot,
            graph,
            group.trellis,
            place,
            WordPath(max(0, origin_ms)),
            first,
        )
        self._loop.reset(np.array([slot]))

    def disarm(self, slot: int, at_position: int | None = None) -> None:
        """Follow no line in a slot from a sample on, now if that is left out.

        What was learned after that sample of how the stream sounds is forgotten, so that it does
        not matter how late this is called.
        """
        following = self._following.pop(slot, None)
        if following is None:
            return
        self._group(following.graph).give(following.place)
        if at_position is not None and following.means:
            kept = [mean for end, mean in following.means if end <= at_position]
            self._mean.restore(slot, kept[-1] if kept else following.means[0][1])

    def step(self, slots: Slots, hops: Hops) -> list[tuple[Heard, ...]]:
        """Advance some streams by one hop each.

        Parameters
        ----------
        slots : intp, shape (n,)
        hops : float32, shape (n, HOP_SAMPLES)

        Returns
        -------
        list of tuple of Heard
            What was heard for each of `slots`: nothing if it follows no line, otherwise as of the
            end of this hop, and of those before it since the line was armed late. The same
            whatever other streams are stepped and however late the line was armed.
        """
        features = self._front_end.step(slots, hops)
        frames = self._frames[slots, None] + np.arange(FRAMES_PER_HOP)
        self._features[slots[:, None], frames % KEPT_FRAMES] = features
        self._frames[slots] += FRAMES_PER_HOP
        lines = [self._following.get(int(slot)) for slot in slots]
        heard = self._advance([line for line in lines if line is not None])
        return [() if line is None else self._told(line, heard[line.slot]) for line in lines]

    def _told(self, line: _Following, heard: list[Heard]) -> tuple[Heard, ...]:
        if heard:
            return tuple(heard)
        # The line's first frame is still to come.
        end_ms = samples_to_ms(int(self._frames[line.slot]) * FRAME_SAMPLES)
        return (Heard(end_ms, line.path.words, NO_WORD, False, 0, True),)

    def _advance(self, lines: list[_Following]) -> dict[int, list[Heard]]:
        """Run the waiting frames of some lines through their trellises, a hop at a time."""
        heard: dict[int, list[Heard]] = {line.slot: [] for line in lines}
        while due := [line for line in lines if line.next_frame < self._frames[line.slot]]:
            for offset in range(FRAMES_PER_HOP):
                some = [line for line in due if line.next_frame % FRAMES_PER_HOP == offset]
                if some:
                    self._advance_equally(some, FRAMES_PER_HOP - offset, heard)
                    due = [line for line in due if line not in some]
        return heard

    def _advance_equally(
        self, lines: list[_Following], frames: int, heard: dict[int, list[Heard]]
    ) -> None:
        """Run the next `frames` frames of each line."""
        slots = np.array([line.slot for line in lines])
        wanted = np.array([line.next_frame for line in lines])[:, None] + np.arange(frames)
        features = self._features[slots[:, None], wanted % KEPT_FRAMES]
        for frame in range(frames):
            features[:, frame, :CEPSTRA] -= self._mean.step(slots, features[:, frame, :CEPSTRA])
        for line in lines:
            line.next_frame += frames
            line.means.append((line.position, self._mean.state(line.slot)))
        scores, loops = self._score(lines, features)
        for group in {id(line.trellis): line.trellis for line in lines}.values():
            members = [i for i, line in enumerate(lines) if line.trellis is group]
            self._step_group(
                group,
                [lines[i] for i in members],
                [scores[i] for i in members],
                loops[members],
                heard,
            )

    def _score(
        self, lines: list[_Following], features: Float32s
    ) -> tuple[list[Float32s], Float32s]:
        """Scores of each line's senones, and of the phone loop's, for some frames of each."""
        count, frames, _ = features.shape
        scores: list[Float32s] = []
        loops: list[Float32s] = []
        at_once = max(1, CHUNK_FRAMES // frames)
        for start in range(0, count, at_once):
            chunk = lines[start : start + at_once]
            rows = features[start : start + at_once].reshape(-1, FEATURES)
            densities = relative_densities(self._model, rows)[:, : len(rows)]
            phones = self._phones.mix(densities)
            loops.append(phones.reshape(len(chunk), frames, *phones.shape[1:]))
            scores += [
                mix_few(
                    self._model, densities[:, i * frames : (i + 1) * frames], line.graph.senones
                )
                for i, line in enumerate(chunk)
            ]
        return scores, np.concatenate(loops)

    def _step_group(
        self,
        trellis: Trellis,
        lines: list[_Following],
        scores: list[Float32s],
        loops: Float32s,
        heard: dict[int, list[Heard]],
    ) -> None:
        places = np.array([line.place for line in lines])
        slots = np.array([line.slot for line in lines])
        standing: Standing | None = None
        for frame in range(loops.shape[1]):
            any_speech = self._loop.step(slots, loops[:, frame])
            emitted = np.zeros((len(lines), trellis.states), np.float32)
            for row, (line, score) in enumerate(zip(lines, scores, strict=True)):
                emitted[row, : line.graph.states] = score[frame, line.graph.column]
            emitted -= any_speech[:, None]
            silence = self._loop.silence(loops[:, frame]) - any_speech
            standing = trellis.step(places, emitted, silence)
        assert standing is not None
        for line, word, is_late, boundary, is_silent, pointer in zip(
            lines,
            standing.word.tolist(),
            standing.is_late.tolist(),
            standing.boundary.tolist(),
            standing.is_silent.tolist(),
            standing.pointer.tolist(),
            strict=True,
        ):
            words = line.path.follow(trellis, line.place, pointer)
            end_ms = samples_to_ms(line.position)
            heard[line.slot].append(Heard(end_ms, words, word, is_late, boundary, is_silent))

    def bytes_per_session(self) -> int:
        """Memory that one more session takes: its stream, and its line of the longest kind now."""
        kernels = (self._front_end, self._mean, self._loop)
        stream = sum(_array_bytes(kernel) for kernel in kernels) + self._features.nbytes
        lines = [_array_bytes(g.trellis) // g.trellis.capacity for g in self._groups.values()]
        return stream // self.capacity + max(lines, default=0)

    def _group(self, graph: LineGraph) -> _Group:
        """The trellis for lines of about this length."""
        size = (
            max(_SMALLEST_STATES, 1 << (graph.states - 1).bit_length()),
            max(_SMALLEST_WORDS, 1 << (graph.words - 1).bit_length()),
        )
        if size not in self._groups:
            self._groups[size] = _Group(Trellis(4, *size, self._settings))
        return self._groups[size]

    def _grow(self) -> None:
        old, new = self.capacity, 2 * self.capacity
        self._free = list(range(new - 1, old - 1, -1))
        self._frames = np.pad(self._frames, (0, new - old))
        self._first_frame = np.pad(self._first_frame, (0, new - old))
        self._features = np.pad(self._features, ((0, new - old), (0, 0), (0, 0)))
        for kernel in (self._front_end, self._mean, self._loop):
            kernel.resize(new)


class _Group:
    """A trellis and which of its places are free."""

    def __init__(self, trellis: Trellis) -> None:
        self.trellis = trellis
        self._free = list(range(trellis.capacity))

    def take(self) -> int:
        if not self._free:
            old = self.trellis.capacity
            self.trellis.resize(2 * old)
            self._free = list(range(old, 2 * old))
        return self._free.pop()

    def give(self, place: int) -> None:
        self._free.append(place)


def _array_bytes(owner: object) -> int:
    return sum(value.nbytes for value in vars(owner).values() if isinstance(value, np.ndarray))

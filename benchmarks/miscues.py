"""Takes with known mistakes, made by cutting real recordings at their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.spoken_lines import Samples, SpokenLine, room_tone
from dsp.clock import ANALYSIS_RATE_HZ

_PER_MS = ANALYSIS_RATE_HZ // 1000
_FADE = 5 * _PER_MS
BEFORE_MS, AFTER_MS = 400, 1500
DRY_MS = 2500


@dataclass(frozen=True, slots=True)
class Take:
    """A line as it was said, well or badly.

    Attributes
    ----------
    kind : str
    line : SpokenLine
        The recording it was made from.
    text : tuple of str
        The words of the script.
    samples : float32, shape (n_samples,)
    said : tuple of int
        The words of the script that are in it, in the order in which they were said.
    said_ms : int, shape (len(said), 2)
        When each was said.
    other_ms : tuple of (int, int), or None
        When something else was said.
    is_complete : bool
        Whether it comes to the end of the line.
    """

    kind: str
    line: SpokenLine
    text: tuple[str, ...]
    samples: Samples
    said: tuple[int, ...]
    said_ms: npt.NDArray[np.int64]
    other_ms: tuple[int, int] | None
    is_complete: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a recording; its words are counted in the line, or None if of another."""

    samples: Samples
    words: range | None
    # Times of the words in the piece.
    word_ms: npt.NDArray[np.int64]


def _cut(line: SpokenLine, first: int, last: int) -> _Piece:
    """Words `first` to `last` (exclusive) of a line, with the silence around them halved."""
    times = line.word_ms
    length_ms = len(line.samples) // _PER_MS
    start = 0 if first == 0 else int(times[first - 1, 1] + times[first, 0]) // 2
    end = length_ms if last == len(times) else int(times[last - 1, 1] + times[last, 0]) // 2
    piece = line.samples[start * _PER_MS : end * _PER_MS]
    return _Piece(piece, range(first, last), times[first:last] - start)


def _silence(line: SpokenLine, length_ms: int, rng: np.random.Generator) -> _Piece:
    tone = room_tone(line.samples, length_ms * _PER_MS, rng)
    return _Piece(tone, range(0), np.zeros((0, 2), np.int64))


def _assemble(
    kind: str, line: SpokenLine, pieces: Sequence[_Piece], rng: np.random.Generator
) -> Take:
    pieces = [_silence(line, BEFORE_MS, rng), *pieces, _silence(line, AFTER_MS, rng)]
    said: list[int] = []
    times: list[npt.NDArray[np.int64]] = []
    other: tuple[int, int] | None = None
    start_ms = 0
    for piece in pieces:
        end_ms = start_ms + len(piece.samples) // _PER_MS
        if piece.words is None:
            other = (start_ms, end_ms)
        else:
            said += piece.words
            times.append(piece.word_ms + start_ms)
        start_ms = end_ms
    return Take(
        kind,
        line,
        line.words,
        np.concatenate([_faded(piece.samples) for piece in pieces]),
        tuple(said),
        np.concatenate(times),
        other,
        bool(said) and said[-1] == len(line.words) - 1,
    )


def _faded(samples: Samples) -> Samples:
    """Soften the edges of a cut."""
    if len(samples) < 2 * _FADE:
        return samples
    ramp = np.linspace(0, 1, _FADE, dtype=np.float32)
    faded = samples.copy()
    faded[:_FADE] *= ramp
    faded[-_FADE:] *= ramp[::-1]
    return faded


def clean(line: SpokenLine, rng: np.random.Generator) -> Take:
    """As it was recorded."""
    return _assemble("clean", line, [_cut(line, 0, len(line.words))], rng)


def skip_word(line: SpokenLine, rng: np.random.Generator) -> Take | None:
    """One word left out, neither the first nor the last."""
    return _leave_out(line, 1, "skipped word", rng)


def skip_phrase(line: SpokenLine, rng: np.random.Generator) -> Take | None:
    """Three words left out."""
    return _leave_out(line, 3, "skipped phrase", rng)


def _leave_out(line: SpokenLine, count: int, kind: str, rng: np.random.Generator) -> Take | None:
    words = len(line.words)
    if words < count + 3:
        return None
    at = int(rng.integers(1, words - count))
    return _assemble(kind, line, [_cut(line, 0, at), _cut(line, at + count, words)], rng)


def repeat(line: SpokenLine, rng: np.random.Generator) -> Take | None:
    """Up to three words said twice."""
    words = len(line.words)
    if words < 5:
        return None
    at = int(rng.integers(2, words - 1))
    again = max(0, at - int(rng.integers(2, 4)))
    return _assemble("repeat", line, [_cut(line, 0, at), _cut(line, again, words)], rng)


def swap(line: SpokenLine, rng: np.random.Generator) -> Take | None:
    """Two neighbouring pairs of words exchanged."""
    words = len(line.words)
    if words < 7:
        return None
    at = int(rng.integers(1, words - 5))
    cuts = [(0, at), (at + 2, at + 4), (at, at + 2), (at + 4, words)]
    return _assemble("swap", line, [_cut(line, *cut) for cut in cuts], rng)


def dry(line: SpokenLine, rng: np.random.Generator) -> Take | None:
    """A long silence in the middle."""
    words = len(line.words)
    if words < 4:
        return None
    at = int(rng.integers(2, words - 1))
    pieces = [_cut(line, 0, at), _silence(line, DRY_MS, rng), _cut(line, at, words)]
    return _assemble("dry", line, pieces, rng)


def stop_short(line: SpokenLine, rng: np.random.Generator) -> Take | None:
    """Only the first half is said."""
    words = len(line.words)
    return None if words < 6 else _assemble("half", line, [_cut(line, 0, words // 2)], rng)


def insert(line: SpokenLine, foreign: SpokenLine, rng: np.random.Generator) -> Take | None:
    """A few words of another line of the same speaker, in the middle."""
    words, others = len(line.words), len(foreign.words)
    if words < 4 or others < 4 or foreign.text == line.text:
        return None
    at = int(rng.integers(1, words))
    first = int(rng.integers(0, others - 2))
    alien = _cut(foreign, first, first + 2)
    piece = _Piece(alien.samples, None, alien.word_ms)
    return _assemble("insertion", line, [_cut(line, 0, at), piece, _cut(line, at, words)], rng)


def wrong_line(line: SpokenLine, foreign: SpokenLine, rng: np.random.Generator) -> Take | None:
    """Another line is said than the one that is due."""
    if set(word.lower() for word in line.words) & set(w.lower() for w in foreign.words[-2:]):
        return None
    take = _assemble("wrong line", foreign, [_cut(foreign, 0, len(foreign.words))], rng)
    nothing = np.zeros((0, 2), np.int64)
    return Take("wrong line", line, line.words, take.samples, (), nothing, None, False)


def in_babble(take: Take, babble: Samples, snr_db: float) -> Take:
    """A take among other voices.

    Parameters
    ----------
    take : Take
    babble : float32, shape (at least as long as the take,)
    snr_db : float
        Power of the speech over that of the babble.
    """
    noise = babble[: len(take.samples)]
    start, end = take.said_ms[0, 0] * _PER_MS, take.said_ms[-1, 1] * _PER_MS
    speech_power = float(np.mean(take.samples[start:end] ** 2))
    noise_power = float(np.mean(noise**2))
    gain = np.float32(np.sqrt(speech_power / noise_power / 10 ** (snr_db / 10)))
    return Take(
        f"babble {snr_db:g} dB",
        take.line,
        take.text,
        take.samples + gain * noise,
        take.said,
        take.said_ms,
        take.other_ms,
        take.is_complete,
    )


def make_babble(
    lines: Sequence[SpokenLine], n_samples: int, rng: np.random.Generator, voices: int = 6
) -> Samples:
    """Several people talking at once."""
    mixed = np.zeros(n_samples, np.float32)
    for _ in range(voices):
        talk = np.zeros(0, np.float32)
        while len(talk) < n_samples:
            samples = lines[int(rng.integers(len(lines)))].samples
            talk = np.concatenate([talk, samples / np.sqrt(np.mean(samples**2))])
        mixed += talk[:n_samples]
    return mixed


_ALONE: tuple[Callable[[SpokenLine, np.random.Generator], Take | None], ...] = (
    clean,
    skip_word,
    skip_phrase,
    repeat,
    swap,
    dry,
    stop_short,
)


def make_takes(
    lines: Sequence[SpokenLine], everybody: Sequence[SpokenLine], seed: int
) -> Iterator[Take]:
    """Every kind of take of every line that is long enough.

    Parameters
    ----------
    lines : sequence of SpokenLine
    everybody : sequence of SpokenLine
        Where foreign words and the voices of the babble are taken from.
    seed : int
    """
    for number, line in enumerate(lines):
        rng = np.random.default_rng((seed, number))
        own = [other for other in everybody if other.speaker == line.speaker and other is not line]
        foreign = own[int(rng.integers(len(own)))]
        others = [other for other in everybody if other.speaker != line.speaker]
        made = [
            *(make(line, rng) for make in _ALONE),
            insert(line, foreign, rng),
            wrong_line(line, foreign, rng),
        ]
        yield from (take for take in made if take is not None)
        plain = clean(line, rng)
        for snr_db in (20.0, 10.0):
            yield in_babble(plain, make_babble(others, len(plain.samples), rng), snr_db)

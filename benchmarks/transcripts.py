"""How well free speech is transcribed: ``python -m benchmarks.transcripts --data ../shared/data``.

Each engine that can be used here decodes English readings twice: whole, as after a line, and live,
cut into utterances by the voice activity as a session cuts them. The words are compared as takes
are compared with their text, so contractions, figures and spellings are no errors. The engines know
nothing of the texts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.read_lines import ReadLine, read_lines
from benchmarks.report import Report, Row, current_environment
from dsp.bank import StreamBank
from dsp.framing import HopFramer
from models.recogniser.engines import ENGINES
from models.recogniser.port import (
    Hypothesis,
    Pcm,
    RecognisedWord,
    Recogniser,
    RecogniserAbsentError,
    recognise,
)
from rehearsal_server.live.analysis import to_hops
from rehearsal_server.scripts.words import words
from rehearsal_server.transcripts.utterances import Piece, UtteranceCutter, UtteranceEnd
from rehearsal_server.wording.alignment import HeardWord, align

# What precedes and follows a reading, so that the voice activity sees it begin and end.
_SILENCE_S = 1.0


@dataclass
class Tally:
    """Words of some readings, and what went wrong with them."""

    words: int = 0
    wrong: int = 0
    seconds: float = 0.0
    spent_s: float = 0.0
    # Confidences of words that were right, and of words that were not.
    sure: list[float] = field(default_factory=list)
    unsure: list[float] = field(default_factory=list)

    def add(self, line: ReadLine, heard: Sequence[RecognisedWord], spent_s: float) -> None:
        """Count one reading."""
        said = align(line.text, [HeardWord(w.text, w.start_ms, w.end_ms) for w in heard])
        right = {one.start_ms for one in said if one.is_right}
        found = {one.word for one in said if one.is_right}
        total = len(words(line.text))
        # Substitutions and insertions are among what was heard, omissions are not.
        extra = sum(one.word is None for one in said)
        self.words += total
        self.wrong += max(0, total - len(found)) + extra
        self.seconds += line.seconds
        self.spent_s += spent_s
        for word in heard:
            if word.confidence is not None:
                (self.sure if word.start_ms in right else self.unsure).append(word.confidence)

    def row(self, engine: str, way: str, corpus: str) -> Row:
        """Figures of a corpus."""
        return {
            "engine": engine,
            "way": way,
            "speech": corpus,
            "words": self.words,
            "word_error_rate": self.wrong / max(1, self.words),
            "cores": self.spent_s / self.seconds,
            "confidence_of_right_words": float(np.mean(self.sure)) if self.sure else None,
            "confidence_of_wrong_words": float(np.mean(self.unsure)) if self.unsure else None,
        }


def decode_whole(recogniser: Recogniser, line: ReadLine) -> tuple[RecognisedWord, ...]:
    """Decode a reading at once."""
    return recognise(recogniser, _pcm(line)).words


def decode_live(recogniser: Recogniser, line: ReadLine) -> tuple[RecognisedWord, ...]:
    """Decode a reading as a session does: utterance by utterance, in pieces."""
    stream = recogniser.open()
    found: list[RecognisedWord] = []
    for item in _cut(line):
        if isinstance(item, Piece):
            stream.accept(np.frombuffer(item.pcm, "<i2"))
        else:
            found += stream.finish().words
    stream.close()
    # Times start anew with each utterance; for counting words only their order matters.
    return tuple(
        RecognisedWord(word.text, number, number + 1, word.confidence)
        for number, word in enumerate(found)
    )


def _cut(line: ReadLine) -> Iterator[Piece | UtteranceEnd]:
    silence = np.zeros(round(_SILENCE_S * 16_000), np.float32)
    bank, cutter = StreamBank(1), UtteranceCutter()
    slot = np.array([bank.acquire()])
    for samples in HopFramer().push(np.concatenate([silence, line.samples, silence])):
        (hop,) = to_hops(bank.step(slot, samples[None]))
        yield from cutter.hear(hop, samples)
    yield from cutter.close()


def _pcm(line: ReadLine) -> Pcm:
    return np.asarray(np.round(np.clip(line.samples, -1, 1) * 32_767), np.int16)


def first_partial_s(recogniser: Recogniser, line: ReadLine) -> float | None:
    """Audio that it takes until the first partial words; None if there are none."""
    stream, pcm = recogniser.open(), _pcm(line)
    try:
        for start in range(0, len(pcm), 1600):
            told: Hypothesis | None = stream.accept(pcm[start : start + 1600])
            if told is not None and told.words:
                return (start + 1600) / 16_000
        return None
    finally:
        stream.close()


def tally(recogniser: Recogniser, lines: Sequence[ReadLine]) -> list[Row]:
    """Decode every reading both ways."""
    rows: list[Row] = []
    for way, decode in (("whole", decode_whole), ("live", decode_live)):
        by_corpus: dict[str, Tally] = {}
        for line in lines:
            started_s = time.process_time()
            heard = decode(recogniser, line)
            spent_s = time.process_time() - started_s
            by_corpus.setdefault(line.corpus, Tally()).add(line, heard, spent_s)
        rows += [found.row(recogniser.name, way, corpus) for corpus, found in by_corpus.items()]
    return rows


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def measure(
    data: Path, learners_each: int, engine: str | None = None, model: Path | None = None
) -> Report:
    """Take all figures, of one engine or of all that can be used."""
    lines = list(read_lines(data, learners_each=learners_each))
    rows: list[Row] = []
    costs: list[Row] = []
    absent: dict[str, str] = {}
    for name in [engine] if engine else ENGINES:
        before_mib = _resident_mib()
        try:
            recogniser = ENGINES[name].load(model)
        except RecogniserAbsentError as absence:
            absent[name] = str(absence)
            continue
        rows += tally(recogniser, lines)
        partials = [first_partial_s(recogniser, line) for line in lines[:10]]
        known = [seconds for seconds in partials if seconds is not None]
        costs.append(
            {
                "engine": recogniser.name,
                "resident_mib": _resident_mib() - before_mib,
                "first_partial_median_s": float(np.median(known)) if known else None,
            }
        )
    return Report(
        benchmark="transcripts",
        environment=current_environment(["numpy", "pocketsphinx", "sherpa-onnx", "vosk"]),
        parameters={
            "lines": len(lines),
            "seconds": round(sum(line.seconds for line in lines), 1),
            "learners_each": learners_each,
            "model": str(model.name) if model else None,
        },
        tables={"word error rate": rows, "one speaker": costs},
        absent=absent,
        remarks=[
            "`live` includes the voice activity's analysis in its cost",
            "a reading ends an utterance at every pause of half a second, so `live` has less "
            "context at its words' sides than `whole`",
        ],
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.transcripts", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--learners-each", type=int, default=4, help="lines of each learner")
    parser.add_argument("--engine", choices=list(ENGINES), help="only this one")
    parser.add_argument("--model", type=Path, help="folder of the engine's model")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.data, options.learners_each, options.engine, options.model)
    print(report.as_json() if options.json else report.as_text())


if __name__ == "__main__":
    main()

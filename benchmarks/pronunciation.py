"""How well pronunciation is judged: ``python -m benchmarks.pronunciation --data ../shared/data``.

- wrong phones and wrong words told from right ones, by texts of which some phones or words are
  exchanged: the reader then says another phone or word than the text has (ROC-AUC).
- scores of natives and of learners, and of another text.
- how much the scores change with level, microphone and noise.

The anchors of the scores were read off `austen` and `ljspeech`; `sonnets` and the scores of
`speechocean762` were not seen. The costs of the alignment were chosen on 60 of the learners' lines.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal, stats

from benchmarks.read_lines import LEARNERS, NATIVE, ReadLine, read_lines
from benchmarks.report import Report, Row, current_environment
from dsp.clock import ANALYSIS_RATE_HZ
from dsp.line_voice import describe_line
from models.acoustic.acoustic_model import open_acoustic_model
from models.acoustic.dictionary import Dictionary
from models.pronunciation.assessment import (
    PronunciationAssessor,
    PronunciationScores,
    WrittenWord,
)
from rehearsal_server.scripts.breaks import natural_breaks_ms
from rehearsal_server.scripts.words import words

Samples = npt.NDArray[np.float32]

# Phones that people confuse, or learners do.
_CONFUSABLE = (
    "IY IH,EH AE,AH AA,UW UH,AO AA,AO OW,EY EH,AY AA,AW AA,ER AH,TH S,TH T,DH D,DH Z,V W,V F,L R,"
    "N NG,N M,S SH,Z S,Z JH,T D,P B,K G,CH SH,CH T,JH CH,ZH SH,F P,HH F,Y JH,OY AO,IH EH,AE AH"
)
_PARTS = ("accuracy", "fluency", "completeness", "prosody", "overall")
_SEED = 5
# What a score was not made from a word counts as: lower than any goodness.
_NOT_SAID = -20.0


class Judge:
    """The assessor with its dictionary."""

    def __init__(self) -> None:
        self.model = open_acoustic_model()
        self.assessor = PronunciationAssessor(self.model)
        self._dictionary = Dictionary()

    def written(self, text: str) -> list[WrittenWord]:
        """The words of a text; those outside the dictionary are left out."""
        found = [
            WrittenWord(word.text.lower(), self._dictionary.pronunciations(word.text), break_ms)
            for word, break_ms in zip(words(text), natural_breaks_ms(text), strict=True)
        ]
        return [word for word in found if word.pronunciations]

    def scores(self, samples: Samples, text: str) -> PronunciationScores:
        """Judge a reading as the server does."""
        voice = describe_line(samples)
        f0_hz = np.array([np.nan if f0 is None else f0 for f0 in voice.f0_hz])
        found = self.assessor.assess(samples, self.written(text), f0_hz, voice.f0_frame_s)
        assert found is not None, "the texts have words of the dictionary"
        return found


def exchanged_phones(judge: Judge, lines: Sequence[ReadLine]) -> list[Row]:
    """AUC of a phone's goodness: right phones against exchanged ones."""
    confusable: dict[str, list[str]] = {}
    for pair in _CONFUSABLE.split(","):
        one, other = pair.split()
        confusable.setdefault(one, []).append(other)
        confusable.setdefault(other, []).append(one)
    everything = {phone: list(judge.model.speech_phones) for phone in judge.model.speech_phones}
    rows: list[Row] = []
    for speech, corpora in (("native", NATIVE), ("learners", LEARNERS)):
        own = [line for line in lines if line.corpus in corpora]
        right = [goodness for line in own for goodness, _ in _exchange(judge, line, {})]
        for exchange, choices in (("any phone", everything), ("confusable", confusable)):
            wrong = [
                goodness
                for line in own
                for goodness, is_exchanged in _exchange(judge, line, choices)
                if is_exchanged
            ]
            rows.append(
                {
                    "speech": speech,
                    "exchanged_for": exchange,
                    "right_phones": len(right),
                    "wrong_phones": len(wrong),
                    "auc": _auc(right, wrong),
                }
            )
    return rows


def _exchange(
    judge: Judge, line: ReadLine, choices: dict[str, list[str]]
) -> Iterator[tuple[float, bool]]:
    """Goodness of the phones of a line, and whether each was exchanged: one a word at most."""
    rng = random.Random(f"{_SEED}{line.text}")
    written: list[WrittenWord] = []
    places: list[int | None] = []
    for word in judge.written(line.text):
        phones = list(word.pronunciations[0])
        chosen = rng.randrange(len(phones))
        others = [phone for phone in choices.get(phones[chosen], []) if phone != phones[chosen]]
        if others:
            phones[chosen] = rng.choice(others)
            word = WrittenWord(word.text, [tuple(phones)])
        written.append(word)
        places.append(chosen if others else None)
    for word, place, fit in zip(
        written, places, judge.assessor.fit(line.samples, written).words, strict=True
    ):
        # Linking may have left the phone out: then there is nothing to find wrong.
        is_whole = len(fit.phones) == len(word.pronunciations[0])
        for index, phone in enumerate(fit.phones):
            yield phone.goodness, is_whole and index == place


def exchanged_words(judge: Judge, lines: Sequence[ReadLine]) -> list[Row]:
    """AUC of a word's goodness: right words against others in their place."""
    vocabulary = sorted({word.text for line in lines for word in judge.written(line.text)})
    rows: list[Row] = []
    for speech, corpora in (("native", NATIVE), ("learners", LEARNERS)):
        right: list[float] = []
        wrong: list[float] = []
        for line in (line for line in lines if line.corpus in corpora):
            rng = random.Random(f"{_SEED}{line.text}")
            written = judge.written(line.text)
            right += _word_goodness(judge, line, written)
            place = rng.randrange(len(written))
            other = rng.choice([word for word in vocabulary if word != written[place].text])
            written[place] = judge.written(other)[0]
            wrong.append(_word_goodness(judge, line, written)[place])
        rows.append(
            {
                "speech": speech,
                "right_words": len(right),
                "wrong_words": len(wrong),
                "auc": _auc(right, wrong),
            }
        )
    return rows


def _word_goodness(judge: Judge, line: ReadLine, written: Sequence[WrittenWord]) -> list[float]:
    fits = judge.assessor.fit(line.samples, written).words
    return [fit.goodness if fit.phones else _NOT_SAID for fit in fits]


def score_table(judge: Judge, lines: Sequence[ReadLine]) -> tuple[list[Row], float]:
    """Scores by corpus, of another text and of noise; and the cost, in seconds a second."""
    by_corpus: dict[str, list[PronunciationScores]] = {}
    spent_s = 0.0
    for index, line in enumerate(lines):
        started_s = time.process_time()
        by_corpus.setdefault(line.corpus, []).append(judge.scores(line.samples, line.text))
        spent_s += time.process_time() - started_s
        other = lines[(index + len(lines) // 3) % len(lines)]
        if other.text != line.text:
            named = by_corpus.setdefault(f"another text ({line.corpus})", [])
            named.append(judge.scores(line.samples, other.text))
    noise = np.random.default_rng(_SEED).normal(0, 0.02, 3 * ANALYSIS_RATE_HZ).astype(np.float32)
    by_corpus["noise only"] = [judge.scores(noise, lines[0].text)]
    by_corpus["silence"] = [judge.scores(np.zeros_like(noise), lines[0].text)]
    rows = [_score_row(corpus, found) for corpus, found in by_corpus.items()]
    return rows, spent_s / sum(line.seconds for line in lines)


def _score_row(corpus: str, found: Sequence[PronunciationScores]) -> Row:
    row: dict[str, float | int | str | None] = {"speech": corpus, "lines": len(found)}
    for part in _PARTS:
        values = [value for one in found if (value := getattr(one, part)) is not None]
        row[f"{part}_p10"] = float(np.percentile(values, 10)) if values else None
        row[f"{part}_median"] = float(np.median(values)) if values else None
    return row


def separation_table(judge: Judge, lines: Sequence[ReadLine]) -> list[Row]:
    """AUC of each score: unseen natives against learners."""
    native = [judge.scores(line.samples, line.text) for line in lines if line.corpus == "sonnets"]
    learner = [judge.scores(line.samples, line.text) for line in lines if line.corpus in LEARNERS]
    rows: list[Row] = []
    for part in _PARTS:
        pairs = [
            [value for one in group if (value := getattr(one, part)) is not None]
            for group in (native, learner)
        ]
        rows.append({"score": part, "auc_native_over_learner": _auc(*pairs)})
    return rows


def invariance_table(judge: Judge, lines: Sequence[ReadLine]) -> list[Row]:
    """Largest and usual change of accuracy and overall score under changes of the recording."""
    before = [judge.scores(line.samples, line.text) for line in lines]
    rows: list[Row] = []
    for change, changed in _changes().items():
        after = [judge.scores(changed(line.samples), line.text) for line in lines]
        accuracy = [abs(a.accuracy - b.accuracy) for a, b in zip(after, before, strict=True)]
        overall = [abs(a.overall - b.overall) for a, b in zip(after, before, strict=True)]
        rows.append(
            {
                "change": change,
                "accuracy_median": float(np.median(accuracy)),
                "accuracy_largest": max(accuracy),
                "overall_median": float(np.median(overall)),
                "overall_largest": max(overall),
            }
        )
    return rows


def _changes() -> dict[str, Callable[[Samples], Samples]]:
    """Other levels, microphones and rooms."""
    telephone = signal.butter(4, [300, 3400], "bandpass", fs=ANALYSIS_RATE_HZ, output="sos")
    bright = signal.butter(1, 1500, "highpass", fs=ANALYSIS_RATE_HZ, output="sos")
    dull = signal.butter(1, 1000, "lowpass", fs=ANALYSIS_RATE_HZ, output="sos")

    def filtered(sos: npt.NDArray[np.float64]) -> Callable[[Samples], Samples]:
        return lambda x: np.asarray(signal.sosfilt(sos, x), np.float32)

    def noisy(x: Samples) -> Samples:
        noise = np.random.default_rng(_SEED).normal(0, 1, len(x))
        return np.asarray(x + noise * np.sqrt(np.square(x).mean()) / 10, np.float32)

    return {
        "-20 dB": lambda x: x * np.float32(0.1),
        "+6 dB": lambda x: x * np.float32(2),
        "bright microphone (+6 dB an octave below 1.5 kHz)": filtered(bright),
        "dull microphone (-6 dB an octave above 1 kHz)": filtered(dull),
        "telephone (300-3400 Hz)": filtered(telephone),
        "white noise at 20 dB": noisy,
    }


def _auc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """How often a draw of `higher` lies above one of `lower`."""
    if not higher or not lower:
        return None
    statistic = stats.mannwhitneyu(higher, lower).statistic
    return float(statistic) / (len(higher) * len(lower))


def measure(data: Path, learners_each: int) -> Report:
    """Take all figures."""
    judge = Judge()
    lines = list(read_lines(data, learners_each=learners_each))
    few = [line for line in lines if line.corpus in NATIVE][::4] + lines[-4:]
    scores, cost = score_table(judge, lines)
    return Report(
        benchmark="pronunciation",
        environment=current_environment(["numpy", "scipy", "pocketsphinx"]),
        parameters={
            "lines": len(lines),
            "seconds": round(sum(line.seconds for line in lines), 1),
            "learners_each": learners_each,
            "seed": _SEED,
            "cores_per_line_spoken": round(cost, 4),
        },
        tables={
            "exchanged phones": exchanged_phones(judge, lines),
            "exchanged words": exchanged_words(judge, lines),
            "scores": scores,
            "natives that were not seen against learners": separation_table(judge, lines),
            "changes of the recording (points of 100)": invariance_table(judge, few),
        },
        absent={},
        remarks=["words are to be shown, phones only to hint: see the AUC of confusable phones"],
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.pronunciation", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--learners-each", type=int, default=6, help="lines of each learner")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.data, options.learners_each)
    print(report.as_json() if options.json else report.as_text())


if __name__ == "__main__":
    main()

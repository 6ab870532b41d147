"""The Piper engine: phonemes from the espeak-ng worker, the model on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rehearsal_server.voices.engine import (
    Chunk,
    EngineStatus,
    SynthesisError,
    Timbre,
    Voice,
    VoiceError,
    VoiceSpec,
    VoiceUnavailableError,
)
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.level import REFERENCE_TEXT, amplified, levelling_gain
from rehearsal_server.voices.piper.model import (
    Cancellation,
    PiperModel,
    PiperModelError,
    PiperSpeech,
)
from rehearsal_server.voices.piper.phonemes import PhonemeIds, clauses, phoneme_ids, timed_words
from rehearsal_server.voices.spoken import Span, SpokenText, passages, spoken_text

# A sentence is what the voices are trained on; a longer one would keep the listener waiting.
_PASSAGE_CHARS = 200
_PAUSE_S = 0.2
# Of the peak; softer is breath or nothing.
_SILENCE = 0.01
_LEAD_S = 0.01
_TAIL_S = 0.03
# A speaker can be told from himself by pace only.
_RATES = (1.0, 1.12, 0.88)


class _Speaker(NamedTuple):
    model: PiperModel
    id: int


class PiperEngine:
    """Speaks with Piper voices, each of one speaker or many.

    Parameters
    ----------
    paths : sequence of Path
        The voices' ``.onnx`` files. Without any, or if one cannot be used, the engine is absent.
    espeak : EspeakEngine
        Turns text into phonemes; closed by whoever made it.
    threads : int > 0
        That a model may use.
    """

    name = "piper"

    def __init__(self, paths: Sequence[Path], *, espeak: EspeakEngine, threads: int = 2) -> None:
        self._paths = tuple(paths)
        self._espeak = espeak
        self._threads = threads
        # One thread: a model uses the cores better than two models at once would.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="piper")
        self._loading = asyncio.Lock()
        # By voice id; empty until they are loaded.
        self._speakers: dict[str, _Speaker] = {}
        self._gains: dict[str, float] = {}

    async def status(self) -> EngineStatus:
        """What the engine offers here; loads the voices."""
        try:
            speakers = await self._load()
        except VoiceError as error:
            return EngineStatus(name=self.name, absence=str(error))
        return EngineStatus(
            name=self.name,
            version="+".join(sorted({speaker.model.version for speaker in speakers.values()})),
            voices=tuple(
                Voice(id=id, name=id, language=speaker.model.language)
                for id, speaker in speakers.items()
            ),
        )

    def palette(self, voice: str) -> tuple[Timbre, ...]:
        """All speakers of the language, then the same at other paces."""
        if voice not in self._speakers:
            raise VoiceUnavailableError(f"piper has no voice {voice!r}")
        language = self._speakers[voice].model.language
        alike = [id for id, known in self._speakers.items() if known.model.language == language]
        alike.sort(key=lambda id: id != voice)
        return tuple(
            Timbre(spec=VoiceSpec(engine=self.name, voice=id, rate=rate))
            for rate in _RATES
            for id in alike
        )

    async def synthesize(self, spoken: SpokenText, spec: VoiceSpec) -> AsyncGenerator[Chunk, None]:
        """Speak, passage by passage."""
        if not spoken.text:
            return
        speaker = (await self._load()).get(spec.voice)
        if speaker is None:
            raise VoiceUnavailableError(f"piper has no voice {spec.voice!r}")
        if spec.pitch_semitones:
            raise VoiceUnavailableError("piper cannot change the pitch of a voice")
        gain = await self._gain(speaker, spec.voice)
        sample_rate = speaker.model.config.audio.sample_rate
        begin_ms = 0.0
        for passage in passages(spoken, limit_chars=_PASSAGE_CHARS):
            phonemes, speech = await self._say(speaker, spoken, passage, spec.rate)
            heard = _heard(speech, sample_rate)
            pcm = amplified(_s16le(speech.samples[slice(*heard)]), gain)
            if passage[1] < len(spoken.text):
                pcm += bytes(2 * round(_PAUSE_S * sample_rate))
            words = timed_words(
                spoken, phonemes, speech, heard=heard, sample_rate=sample_rate, begin_ms=begin_ms
            )
            begin_ms += 500 * len(pcm) / sample_rate
            yield Chunk(sample_rate=sample_rate, pcm=pcm, words=words)

    async def aclose(self) -> None:
        """Free the models' thread."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _load(self) -> Mapping[str, _Speaker]:
        if not self._paths:
            raise VoiceUnavailableError(
                "no Piper voice is configured; give a path to an .onnx file"
            )
        async with self._loading:
            if not self._speakers:
                loop = asyncio.get_running_loop()
                try:
                    self._speakers = await loop.run_in_executor(
                        self._executor, _load_speakers, self._paths, self._threads
                    )
                except PiperModelError as error:
                    raise VoiceUnavailableError(str(error)) from error
        return self._speakers

    async def _gain(self, speaker: _Speaker, voice: str) -> float:
        if voice not in self._gains:
            reference = spoken_text(REFERENCE_TEXT)
            whole = (0, len(reference.text))
            _, speech = await self._say(speaker, reference, whole, rate=1.0)
            sample_rate = speaker.model.config.audio.sample_rate
            self._gains[voice] = levelling_gain(_s16le(speech.samples), sample_rate)
        return self._gains[voice]

    async def _say(
        self, speaker: _Speaker, spoken: SpokenText, passage: Span, rate: float
    ) -> tuple[PhonemeIds, PiperSpeech]:
        spans = clauses(spoken, passage)
        texts = [spoken.text[start:end] for start, end in spans]
        ipa = await self._espeak.phonemize(speaker.model.language, texts)
        phonemes = phoneme_ids(spoken, spans, ipa, speaker.model.config.phoneme_id_map)
        cancellation = Cancellation()
        speak = partial(
            speaker.model.speak,
            phonemes.ids,
            speaker=speaker.id,
            rate=rate,
            cancellation=cancellation,
        )
        loop = asyncio.get_running_loop()
        try:
            return phonemes, await loop.run_in_executor(self._executor, speak)
        except asyncio.CancelledError:
            cancellation.cancel()
            raise
        except PiperModelError as error:
            raise SynthesisError(str(error)) from error


def _load_speakers(paths: Sequence[Path], threads: int) -> dict[str, _Speaker]:
    models = [PiperModel(path, threads=threads) for path in paths]
    return {
        id: _Speaker(model, speaker) for model in models for id, speaker in model.voices.items()
    }


def _heard(speech: PiperSpeech, sample_rate: int) -> Span:
    """Where the speech is: models begin and end with silences of their own liking."""
    loud = np.flatnonzero(np.abs(speech.samples) > _SILENCE * np.abs(speech.samples).max())
    if not loud.size:
        return 0, len(speech.samples)
    lead, tail = round(_LEAD_S * sample_rate), round(_TAIL_S * sample_rate)
    return max(0, int(loud[0]) - lead), min(len(speech.samples), int(loud[-1]) + tail)


def _s16le(samples: npt.NDArray[np.float32]) -> bytes:
    return bytes(np.rint(np.clip(samples * 32_767, -32_768, 32_767)).astype("<i2"))

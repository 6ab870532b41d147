"""What every engine promises; those that are absent here are skipped by name."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from rehearsal_server.scripts.durations import expected_duration_ms
from rehearsal_server.scripts.words import words
from rehearsal_server.voices.engine import VoiceEngine, VoiceSpec, VoiceUnavailableError
from rehearsal_server.voices.level import TARGET_DBFS, active_speech_level_dbfs
from rehearsal_server.voices.spoken import spoken_text
from tests.rehearsal_server.voices.speaking import say

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "I hope you have not been leading a double life, pretending to be wicked."
TWO_SENTENCES = "Lady Bracknell, good afternoon. I am quite well, thank you!"


async def test_it_speaks_for_about_as_long_as_an_actor_would(
    engine: VoiceEngine, spec: VoiceSpec
) -> None:
    spoken = await say(engine, LINE, spec)
    assert 0.5 < spoken.duration_ms / expected_duration_ms(LINE) < 2


async def test_a_longer_text_takes_longer(engine: VoiceEngine, spec: VoiceSpec) -> None:
    once, twice = await say(engine, LINE, spec), await say(engine, f"{LINE} {LINE}", spec)
    assert 1.8 < twice.duration_ms / once.duration_ms < 2.5


async def test_every_voice_of_the_cast_is_as_loud_as_the_others(engine: VoiceEngine) -> None:
    voice = (await engine.status()).voices[0].id
    for timbre in engine.palette(voice)[:12]:
        spoken = await say(engine, LINE, timbre.spec)
        level_dbfs = active_speech_level_dbfs(spoken.pcm, spoken.sample_rate)
        assert abs(level_dbfs - TARGET_DBFS) < 4, timbre
        assert np.abs(spoken.samples).max() < 1, timbre


async def test_speech_begins_at_once_and_ends_with_the_last_word(
    engine: VoiceEngine, spec: VoiceSpec
) -> None:
    spoken = await say(engine, TWO_SENTENCES, spec)
    heard = np.flatnonzero(np.abs(spoken.samples) > 0.01) * 1000 / spoken.sample_rate
    assert heard[0] < 100
    assert spoken.duration_ms - heard[-1] < 100
    assert spoken.duration_ms - spoken.words[-1].end_ms < 100


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        TWO_SENTENCES,
        "“Naïve,” she said — ‘très, très NAÏVE’… 😀 and don’t you KNOW it?",
        "It was well-known in 1895, of the 42 in the park, that Mr. J. Worthing & Co. paid £5.",
        "Yes.",
        "Crème brûlée, " + "antidisestablishmentarianism " * 12,
    ],
)
async def test_its_words_are_the_lines_in_order_and_inside_the_audio(
    engine: VoiceEngine, spec: VoiceSpec, text: str
) -> None:
    spoken = await say(engine, text, spec)
    assert [(w.text, w.char_start, w.char_end) for w in spoken.words] == list(words(text))
    edges = [edge for word in spoken.words for edge in (word.start_ms, word.end_ms)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= spoken.duration_ms + 1
    assert all(word.start_ms < word.end_ms for word in spoken.words)


async def test_between_two_sentences_it_is_quiet(engine: VoiceEngine, spec: VoiceSpec) -> None:
    spoken = await say(engine, TWO_SENTENCES, spec)
    by_text = {word.text: word for word in spoken.words}
    end_ms, start_ms = by_text["afternoon"].end_ms, by_text["I"].start_ms
    assert start_ms - end_ms > 100
    pause = spoken.between(end_ms + 40, start_ms - 20)
    assert np.sqrt(np.square(pause).mean()) < 0.1 * np.sqrt(np.square(spoken.samples).mean())


@pytest.mark.parametrize("text", ["", "   ", "...", "—", "😀!", "\x00\x01"])
async def test_nothing_to_say_is_no_audio(engine: VoiceEngine, spec: VoiceSpec, text: str) -> None:
    assert (await say(engine, text, spec)).pcm == b""


async def test_five_thousand_characters_are_spoken_to_the_end(
    engine: VoiceEngine, spec: VoiceSpec
) -> None:
    text = ("The truth is rarely pure and never simple; " * 3 + "that is all! ") * 35
    assert len(text) > 4_900
    spoken = await say(engine, text, spec)
    assert len(spoken.words) == len(words(text))
    assert 0.5 < spoken.duration_ms / expected_duration_ms(text) < 2


async def test_a_cancelled_request_frees_the_engine(engine: VoiceEngine, spec: VoiceSpec) -> None:
    whole = await say(engine, LINE, spec)
    for _ in range(3):
        chunks = engine.synthesize(spoken_text(f"{LINE} " * 40), spec)
        await anext(chunks)
        await chunks.aclose()
    again = await say(engine, LINE, spec)
    assert again.duration_ms == pytest.approx(whole.duration_ms, rel=0.01)


async def test_a_cancelled_task_frees_the_engine(engine: VoiceEngine, spec: VoiceSpec) -> None:
    whole = await say(engine, LINE, spec)
    for turns in range(6):
        task = asyncio.create_task(say(engine, f"{LINE} " * 40, spec))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    again = await say(engine, LINE, spec)
    assert again.duration_ms == pytest.approx(whole.duration_ms, rel=0.01)


async def test_requests_at_once_do_not_mix(engine: VoiceEngine, spec: VoiceSpec) -> None:
    texts = ["Yes.", LINE, TWO_SENTENCES, "Not at all, my dear fellow."] * 4
    alone = {text: await say(engine, text, spec) for text in set(texts)}
    together = await asyncio.gather(*(say(engine, text, spec) for text in texts))
    for text, spoken in zip(texts, together, strict=True):
        assert spoken.duration_ms == pytest.approx(alone[text].duration_ms, rel=0.01)
        assert [word.text for word in spoken.words] == [word.text for word in words(text)]


async def test_the_rate_of_a_voice_is_the_rate_of_its_speech(
    engine: VoiceEngine, spec: VoiceSpec
) -> None:
    slow = VoiceSpec(engine=spec.engine, voice=spec.voice, rate=0.8)
    normal_ms = (await say(engine, LINE, spec)).duration_ms
    assert (await say(engine, LINE, slow)).duration_ms > 1.15 * normal_ms


async def test_a_voice_that_is_not_there_is_refused(engine: VoiceEngine) -> None:
    nobody = VoiceSpec(engine=engine.name, voice="nobody")
    with pytest.raises(VoiceUnavailableError, match="nobody"):
        await say(engine, LINE, nobody)
    with pytest.raises(VoiceUnavailableError, match="nobody"):
        engine.palette("nobody")


async def test_the_palette_begins_with_the_chosen_voice_and_repeats_none(
    engine: VoiceEngine, spec: VoiceSpec
) -> None:
    specs = [timbre.spec for timbre in engine.palette(spec.voice)]
    assert specs[0] == spec
    assert len(set(specs)) == len(specs)

"""A recording of an actor who plays a scene to its end, for Chromium's fake microphone.

The file cannot answer the partner, so it is made with the very session core that will listen to
it: where the partner will have finished, the actor has come in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from rehearsal_server.demo.actor import ROOM_NOISE_DBFS, Actor, Delivery, Samples
from rehearsal_server.demo.deliveries import synthetic_deliveries
from rehearsal_server.demo.part import Part, choose_part
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import ClientMessage, Playback
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import Cue
from rehearsal_server.scripts.model import Script
from rehearsal_server.session.requests import Speak
from rehearsal_server.session.session import Session, SessionPlan
from rehearsal_server.voices.casting import cast_voices
from rehearsal_server.voices.engine import VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.spoken import spoken_text

RATE_HZ = 16_000
# Somebody speaks for the microphone check, and the scene begins.
CHECK_AT_S, BEGIN_AT_S = 1.0, 4.0
# Late enough that a partner who is slow in a busy browser has still finished.
_PICKUP_MS = 900
# From a cue to the partner's first sound in a browser.
_PARTNER_DELAY_MS = 150
_CHUNK = RATE_HZ // 50


def make_fake_microphone(path: Path, script: Script) -> None:
    """Write what a microphone hears from its opening to the end of the first scene."""
    part = choose_part(script, None)
    deliveries, lengths_ms = asyncio.run(_synthesise(part))
    scene = _play(part, deliveries, lengths_ms)
    check = next(iter(deliveries.values())).samples
    lead = _room_noise(BEGIN_AT_S)
    start = round(CHECK_AT_S * RATE_HZ)
    lead[start : start + len(check)] += check[: len(lead) - start]
    # Chromium plays the file over and over; a minute of silence is the end of it.
    tail = _room_noise(60)
    soundfile.write(path, np.concatenate([lead, scene, tail]), RATE_HZ, subtype="PCM_16")


def _room_noise(seconds: float) -> Samples:
    """A room that is never silent: after true silence, its noise would be taken for speech."""
    noise = np.random.default_rng(2).standard_normal(round(seconds * RATE_HZ))
    return np.asarray(noise * 10 ** (ROOM_NOISE_DBFS / 20), np.float32)


async def _synthesise(part: Part) -> tuple[dict[str, Delivery], dict[str, int]]:
    """How the actor says each line, and how long each of the partner's lasts."""
    engine = EspeakEngine()
    try:
        await engine.status()
        everybody = (*part.partners, part.role)
        cast = cast_voices(everybody, everybody, engine.palette("en-us"))
        role = cast.voice_of(part.role)
        made = await synthetic_deliveries(part.lines, engine, role, RATE_HZ, seed=1)
        lengths_ms = {
            line.id: await _length_ms(engine, line.text, cast.voice_of(line.character))
            for line in part.scene.lines
            if line.character != part.role
        }
    finally:
        await engine.aclose()
    steady = {
        line_id: replace(delivery, pickup_ms=_PICKUP_MS, needs_prompt=False)
        for line_id, delivery in made.items()
    }
    return steady, lengths_ms


async def _length_ms(engine: EspeakEngine, text: str, voice: VoiceSpec) -> int:
    chunks = [chunk async for chunk in engine.synthesize(spoken_text(text), voice)]
    samples = sum(len(chunk.pcm) // 2 for chunk in chunks)
    return samples * 1000 // chunks[0].sample_rate


def _play(part: Part, deliveries: dict[str, Delivery], lengths_ms: dict[str, int]) -> Samples:
    """Rehearse without a network; what the microphone heard."""
    spoken: list[Speak] = []

    def voice_length_ms(request: Speak) -> int:
        spoken.append(request)
        return lengths_ms[request.line_id]

    plan = SessionPlan(part.scene, part.role, Options(headphones=True))
    offline = OfflineSession(Session(plan), AudioFormat(sample_rate=RATE_HZ), voice_length_ms)
    actor = Actor(deliveries, RATE_HZ)
    recorded: list[bytes] = []
    for message in offline.run(_room(actor, spoken, lengths_ms, recorded)):
        if isinstance(message, Cue) and message.action == "speak" and message.line_id:
            actor.cue(message.line_id)
        if isinstance(message, Cue) and message.action == "scene_end":
            break
    return np.frombuffer(b"".join(recorded), "<i2").astype(np.float32) / np.float32(32768)


def _room(
    actor: Actor, spoken: list[Speak], lengths_ms: dict[str, int], recorded: list[bytes]
) -> Iterator[bytes | ClientMessage]:
    """The microphone's chunks, and what the loudspeaker beside it plays."""
    marks: list[Playback] = []
    while True:
        now_ms = 20 * len(recorded)
        for request in spoken:
            start_ms = now_ms + _PARTNER_DELAY_MS
            end_ms = start_ms + lengths_ms[request.line_id]
            marks += [
                Playback(utterance=request.utterance, state="started", at_ms=start_ms),
                Playback(utterance=request.utterance, state="ended", at_ms=end_ms),
            ]
        spoken.clear()
        while marks and marks[0].at_ms <= now_ms:
            actor.hear(marks[0])
            yield marks.pop(0)
        recorded.append(actor.read(_CHUNK))
        yield recorded[-1]

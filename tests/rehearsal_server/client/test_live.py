"""A live session against a true server."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest

from rehearsal_server.client import LiveSession, Received, RehearsalClient
from rehearsal_server.client.errors import ConnectionRefused, StateConflict
from rehearsal_server.client.live import open_session
from rehearsal_server.client.microphone import BufferSource
from rehearsal_server.client.recording import SessionRecording
from rehearsal_server.protocol.client_messages import Playback, Skip, Start
from rehearsal_server.protocol.codec import JSON, MSGPACK, Codec
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import Ack, Cue, Level, Saved, Voice
from tests.rehearsal_server.live.running_server import SCRIPT

pytestmark = pytest.mark.asyncio(loop_scope="module")

AUDIO = AudioFormat(sample_rate=16000)
START = Start(mode="scene", role="Ben", script=SCRIPT, audio=AUDIO)


def silence() -> BufferSource:
    return BufferSource(AUDIO, bytes(32000), loop=True)


async def listen_and_skip(live: LiveSession) -> tuple[list[Received], list[Playback]]:
    """Hear the partner out, skip the actor's own line, and leave."""
    received, marks = [], list[Playback]()
    async with aclosing(live.run(silence(), marks.append)) as messages:
        async for one in messages:
            received.append(one)
            match one.message:
                case Cue(action="speak"):
                    await live.send(Skip())
                case Cue(action="scene_end"):
                    await live.stop()
    return received, marks


@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=lambda codec: codec.subprotocol)
async def test_a_session_from_hello_to_saved(client: RehearsalClient, codec: Codec) -> None:
    async with client.live(START, codec=codec, keep_audio=True) as live:
        assert live.hello.protocol == "rehearsal.v1"
        assert [line.character for line in live.started.lines] == ["Anna", "Ben"]
        received, marks = await listen_and_skip(live)
    messages = [one.message for one in received]
    cues = [message.action for message in messages if isinstance(message, Cue)]
    assert cues[:2] == ["listen", "speak"]
    assert cues[-1] == "scene_end"
    assert {Ack, Level, Voice} <= {type(message) for message in messages}
    assert isinstance(messages[-1], Saved)
    assert [mark.state for mark in marks[:2]] == ["started", "ended"]
    (utterance, *_) = live.speakerphone.heard
    assert len(utterance.pcm) == 2 * utterance.samples > 0
    assert [word.text for word in utterance.words][:2] == ["Good", "evening"]


async def test_the_partner_is_heard_for_as_long_as_it_speaks(client: RehearsalClient) -> None:
    async with client.live(START) as live:
        received, (started, ended, *_) = await listen_and_skip(live)
        (utterance, *_) = live.speakerphone.heard
    length_ms = 1000 * utterance.samples / utterance.sample_rate
    gaps_ms = 1000 * utterance.gaps / AUDIO.sample_rate
    assert ended.at_ms - started.at_ms == pytest.approx(length_ms + gaps_ms, abs=1)
    speak = next(
        o.message for o in received if isinstance(o.message, Cue) and o.message.action == "speak"
    )
    assert speak.at_ms == ended.at_ms


async def test_a_session_is_kept_as_it_was_sent(client: RehearsalClient, tmp_path: Path) -> None:
    with SessionRecording(tmp_path, START) as recording:
        async with client.live(START, recording=recording) as live:
            await listen_and_skip(live)
            sent = live.microphone.position
    messages = (tmp_path / "messages.jsonl").read_text()
    assert '"state":"ended"' in messages
    assert '{"type":"skip"}' in messages
    assert '{"type":"stop"}' in messages
    assert (tmp_path / "microphone.wav").stat().st_size == pytest.approx(2 * sent, abs=200)


async def test_sessions_are_listed(client: RehearsalClient) -> None:
    async with client.live(START) as live:
        await listen_and_skip(live)
        session_id = live.started.session_id
    assert session_id in [session.id async for session in client.sessions()]
    detail = await client.session(session_id)
    assert [(p.line_id, p.outcome) for p in detail.performances] == [("L2", "skipped")]
    (performance,) = detail.performances
    assert await client.performance_feedback(performance.id) == detail.feedback


async def test_a_role_that_is_not_there(client: RehearsalClient) -> None:
    start = Start(mode="scene", role="Hamlet", script=SCRIPT, audio=AUDIO)
    with pytest.raises(StateConflict, match="it has Anna, Ben"):
        async with client.live(start):
            pass


async def test_without_a_token_no_socket(client: RehearsalClient) -> None:
    url = client.live_url
    with pytest.raises(ConnectionRefused, match="refused with 401") as caught:
        async with open_session(url, "nonsense", START, trust_env=False):
            pass
    assert caught.value.status == 401

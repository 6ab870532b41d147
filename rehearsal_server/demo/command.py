"""`rehearsal-server demo`: a whole rehearsal on this machine, from a new account to the report."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rehearsal_server.api.scripts.views import ScriptView
from rehearsal_server.client import RehearsalClient
from rehearsal_server.client.errors import ClientError
from rehearsal_server.client.recording import SessionRecording
from rehearsal_server.config import Settings
from rehearsal_server.demo.actor import Actor, Delivery
from rehearsal_server.demo.agreement import disagreements
from rehearsal_server.demo.deliveries import (
    forgotten_lines,
    recorded_deliveries,
    synthetic_deliveries,
)
from rehearsal_server.demo.expectations import missing_events
from rehearsal_server.demo.local_server import ServerDidNotStart, local_server
from rehearsal_server.demo.part import Part, choose_part
from rehearsal_server.demo.player import RehearsalStalled, rehearse
from rehearsal_server.demo.take import Take
from rehearsal_server.demo.view import JsonView, TextView, View
from rehearsal_server.protocol.client_messages import Start
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.scripts.bundled_script import bundled_text
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.voices.casting import cast_voices
from rehearsal_server.voices.engine import VoiceError
from rehearsal_server.voices.espeak.engine import EspeakEngine

SAMPLE_RATE = 16_000
_EMAIL, _PASSWORD = "demo@example.org", "a rehearsal on this machine"
_ACTORS_VOICE = "en-us"
# How much faster than announced audio may come, so that a client that catches up is not refused.
_PACE_MARGIN = 1.2
# What may go wrong without a fault of ours in it; each says what to do.
_EXPECTED = (
    ClientError,
    OSError,
    RehearsalStalled,
    ScriptError,
    ServerDidNotStart,
    ValueError,
    VoiceError,
)


@dataclass(frozen=True)
class DemoOptions:
    """What was asked for on the command line."""

    script: Path | None
    role: str | None
    actor: tuple[Path, ...]
    speed: float
    keep: Path | None
    seed: int


def add_demo_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--actor",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="recordings of the actor's lines, one each, in order; a synthetic voice otherwise",
    )
    parser.add_argument("--script", type=Path, metavar="FILE", help="play, instead of our scene")
    parser.add_argument("--role", metavar="NAME", help="the actor's character")
    parser.add_argument("--practice", choices=["scene"], default="scene", help="what to rehearse")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="times real time")
    parser.add_argument("--seed", type=int, default=1, help="of the actor's hesitations")
    parser.add_argument("--json", action="store_true", help="print one event a line, as JSON")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the session for `replay`")


def run_demo(arguments: argparse.Namespace) -> int:
    """Run the command; its exit status."""
    options = DemoOptions(
        script=arguments.script,
        role=arguments.role,
        actor=tuple(arguments.actor),
        speed=arguments.speed,
        keep=arguments.keep,
        seed=arguments.seed,
    )
    view = JsonView(_print_line) if arguments.json else TextView(_print_line)
    try:
        faults = asyncio.run(demonstrate(options, view))
    except _EXPECTED as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    for fault in faults:
        print(f"demo: {fault}", file=sys.stderr)
    return 1 if faults else 0


async def demonstrate(options: DemoOptions, view: View) -> list[str]:
    """Rehearse on a server of our own; what was missing or wrong."""
    text = options.script.read_text(encoding="utf-8") if options.script else bundled_text()
    # What cannot be played is said before a server is started for it.
    part = choose_part(parse_script(text), options.role)
    deliveries = await _prepare(part, options)
    with tempfile.TemporaryDirectory(prefix="rehearsal-demo-") as directory:
        settings = Settings(
            data_dir=Path(directory),
            log_level="warning",
            max_audio_speed=_PACE_MARGIN * max(1.0, options.speed),
        )
        async with (
            local_server(settings) as server,
            RehearsalClient(server.url, trust_env=False) as client,
        ):
            await client.register(_EMAIL, _PASSWORD)
            await client.login(_EMAIL, _PASSWORD)
            stored = await client.upload_script(text)
            take = await _rehearse(client, stored, part, deliveries, options, view)
            return await _report(client, take, forgotten_lines(deliveries), view)


async def _prepare(part: Part, options: DemoOptions) -> dict[str, Delivery]:
    if options.actor:
        return recorded_deliveries(part.lines, options.actor, SAMPLE_RATE, options.seed)
    engine = EspeakEngine()
    try:
        status = await engine.status()
        if status.absence:
            raise VoiceError(f"no voice for the actor ({status.absence}); give --actor recordings")
        # Cast like the server, so that the actor's voice is none of the partners'.
        everybody = (*part.partners, part.role)
        voice = cast_voices(everybody, everybody, engine.palette(_ACTORS_VOICE)).voice_of(part.role)
        return await synthetic_deliveries(part.lines, engine, voice, SAMPLE_RATE, options.seed)
    finally:
        await engine.aclose()


async def _rehearse(
    client: RehearsalClient,
    stored: ScriptView,
    part: Part,
    deliveries: dict[str, Delivery],
    options: DemoOptions,
    view: View,
) -> Take:
    start = Start(
        mode="scene",
        script_id=stored.id,
        scene=part.scene.id,
        role=part.role,
        audio=AudioFormat(sample_rate=SAMPLE_RATE),
        # The demo's microphone does not hear its loudspeaker.
        options=Options(headphones=True),
    )
    with ExitStack() as stack:
        recording = None
        if options.keep:
            recording = stack.enter_context(SessionRecording(options.keep, start, stored.script))
        async with client.live(start, speed=options.speed, recording=recording) as live:
            view.begin(stored.script.title or "Untitled", live.started)
            actor = Actor(deliveries, SAMPLE_RATE, options.seed)
            return await rehearse(live, actor, view, options.speed)


async def _report(
    client: RehearsalClient, take: Take, forgotten: frozenset[str], view: View
) -> list[str]:
    """Read back over REST what was saved, show it, and compare it with what was told live."""
    sessions = [session async for session in client.sessions()]
    detail = await client.session(take.started.session_id)
    view.end(sessions, detail)
    feedback = [await client.performance_feedback(p.id) for p in detail.performances]
    faults = missing_events(take, forgotten) + disagreements(take, detail)
    if sum(map(len, feedback)) != len(detail.feedback):
        faults.append("the performances' feedback is not the session's")
    return faults


def _print_line(line: str) -> None:
    print(line, flush=True)

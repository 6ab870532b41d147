"""From `start` to a session that can begin: the script, the scene, the role."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsp.resample import prepare_rate
from rehearsal_server.following.preparation import LineGraphs
from rehearsal_server.live.engines import list_engines
from rehearsal_server.live.faults import SocketFault
from rehearsal_server.live.history import Beginning
from rehearsal_server.live.services import Archive, Identity, LiveServices
from rehearsal_server.protocol.client_messages import MAX_CONTROL_BYTES, Start
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import Hello, Limits, SceneLine
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Scene, Script
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.directions import directions_of
from rehearsal_server.session.session import SessionPlan
from rehearsal_server.voices.casting import Cast
from rehearsal_server.voices.engine import VoiceUnavailableError

PROTOCOL = "rehearsal.v1"
PRACTICES = ("scene",)


@dataclass(frozen=True)
class Starting:
    """A session that may begin."""

    start: Start
    plan: SessionPlan
    characters: tuple[str, ...]
    cast: Cast
    # Of the lines whose words can be followed.
    graphs: LineGraphs

    def beginning(self, session_id: str, user_id: str) -> Beginning:
        """What its journal begins with."""
        return Beginning(
            session_id=session_id,
            user_id=user_id,
            start=self.start,
            plan=self.plan,
            characters=self.characters,
        )


async def greet(services: LiveServices) -> Hello:
    """The first message on a socket."""
    limits = services.limits
    return Hello(
        protocol=PROTOCOL,
        server=f"rehearsal-server {services.version}",
        practices=PRACTICES,
        limits=Limits(
            max_message_bytes=limits.max_message_bytes,
            max_control_bytes=MAX_CONTROL_BYTES,
            max_session_ms=round(1000 * limits.max_session_s),
            start_within_ms=round(1000 * limits.start_within_s),
            idle_after_ms=round(1000 * limits.idle_after_s),
            resume_within_ms=round(1000 * limits.resume_within_s),
        ),
        engines=await list_engines(
            services.speaker, services.transcriber, services.models, services.words
        ),
    )


async def plan_session(
    services: LiveServices, identity: Identity, start: Start
) -> tuple[SessionPlan, Script]:
    """Find what `start` names, and what is known of the actor's voice.

    Raises
    ------
    SocketFault
        The script, the scene or the role does not exist, or the server can't do what is asked.
    """
    if start.options.record:
        raise SocketFault(
            "unavailable", "this server keeps no audio; start without `record`", "options.record"
        )
    script = await _find_script(services.archive, identity, start)
    scene = _find_scene(script, start.scene)
    if all(line.character != start.role for line in scene.lines):
        roles = ", ".join(dict.fromkeys(line.character for line in scene.lines))
        raise SocketFault(
            "unknown_role",
            f"nobody named {start.role!r} speaks in the scene; it has {roles}",
            "role",
        )
    _check_intentions(scene, start)
    plan = SessionPlan(
        scene=scene,
        role=start.role,
        options=start.options,
        directions=directions_of(
            scene, start.role, start.options.intentions, services.delivery.directions
        ),
        speaker=await services.delivery.speakers.find(identity.user_id),
    )
    return plan, script


async def cast_partners(
    services: LiveServices, plan: SessionPlan, characters: Sequence[str]
) -> Cast:
    """Voices of the scene's partners; `characters` are the whole script's.

    Raises
    ------
    SocketFault
        No engine here has the voice that is asked for, or none speaks the language.
    """
    partners = dict.fromkeys(line.character for line in plan.scene.lines)
    partners.pop(plan.role, None)
    try:
        return await services.speaker.cast(
            list(characters),
            list(partners),
            partner_voice=plan.options.partner_voice or services.default_voice,
            language=plan.options.language,
        )
    except VoiceUnavailableError as error:
        raise SocketFault("unavailable", str(error), "options.partner_voice") from None


async def ready_transcriber(services: LiveServices, options: Options) -> None:
    """Have the recogniser loaded before the first word, if a transcript is asked for.

    Raises
    ------
    SocketFault
        There is no recogniser here, or none for the language.
    """
    if not options.transcript:
        return
    if services.transcriber.absence_for(options.language) is None:
        await services.transcriber.load()
    if (absence := services.transcriber.absence_for(options.language)) is not None:
        raise SocketFault("unavailable", f"no transcript: {absence}", "options.transcript")


async def ready_resampler(audio: AudioFormat) -> None:
    """Have the microphone's filter designed before its first sample, off the event loop."""
    await asyncio.to_thread(prepare_rate, audio.sample_rate)


async def prepare(services: LiveServices, identity: Identity, start: Start) -> Starting:
    """Get everything ready that a session begins with; raises `SocketFault` where it can't."""
    plan, script = await plan_session(services, identity, start)
    characters = tuple(character.name for character in script.characters)
    cast = await cast_partners(services, plan, characters)
    await ready_transcriber(services, start.options)
    await ready_resampler(start.audio)
    graphs = await services.words.prepare(plan.scene, plan.role, plan.options.language)
    plan = replace(plan, followed_lines=tuple(graphs))
    return Starting(start, plan, characters, cast, graphs)


def scene_lines(plan: SessionPlan) -> tuple[SceneLine, ...]:
    """The scene's lines as the client is told them."""
    return tuple(
        SceneLine(line_id=line.id, character=line.character, text=line.text)
        for line in plan.scene.lines
    )


async def _find_script(archive: Archive, identity: Identity, start: Start) -> Script:
    if (start.script is None) == (start.script_id is None):
        raise SocketFault("malformed", "give either `script_id` or `script`", "script_id")
    if start.script is not None:
        try:
            return parse_script(start.script)
        except ScriptError as error:
            raise SocketFault("bad_script", str(error), "script") from None
    assert start.script_id is not None
    script = await archive.find_script(identity.user_id, start.script_id)
    if script is None:
        raise SocketFault("not_found", "there is no such script in this account", "script_id")
    return script


def _check_intentions(scene: Scene, start: Start) -> None:
    lines = {line.id for line in scene.lines if line.character == start.role}
    for line_id in start.options.intentions:
        if line_id not in lines:
            raise SocketFault(
                "unknown_line",
                f"{start.role} has no line {line_id!r} in the scene",
                "options.intentions",
            )


def _find_scene(script: Script, scene_id: str | None) -> Scene:
    for scene in script.scenes:
        if scene.id == scene_id or (scene_id is None and scene.lines):
            return scene
    ids = ", ".join(scene.id for scene in script.scenes)
    raise SocketFault("unknown_scene", f"the script has no such scene; it has {ids}", "scene")

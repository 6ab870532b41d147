"""Rehearse one scene: the actor at the microphone, the server in the partner's place."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from rehearsal_server.client import LiveSession
from rehearsal_server.demo.actor import Actor
from rehearsal_server.demo.take import Take
from rehearsal_server.demo.view import View
from rehearsal_server.protocol.server_messages import Cue, Event, ServerMessage

# A line and the silence around it are shorter than this, so nothing for longer is a fault.
_STALLED_S = 45.0


class RehearsalStalled(Exception):
    """The server went on, but the scene did not."""


async def rehearse(live: LiveSession, actor: Actor, view: View, speed: float) -> Take:
    """Play the scene to its end and stop the session.

    Raises
    ------
    RehearsalStalled
        No event came for too long.
    SessionClosed
        The server closed the socket.
    """
    take = Take(live.started)
    loop = asyncio.get_running_loop()
    patience_s = _STALLED_S / min(speed, 1.0)
    try:
        async with (
            asyncio.timeout(patience_s) as patience,
            aclosing(live.run(actor, actor.hear)) as messages,
        ):
            async for received in messages:
                if isinstance(received.message, Event):
                    patience.reschedule(loop.time() + patience_s)
                take.received.append(received)
                view.show(received.message)
                await _react(received.message, actor, live)
    except TimeoutError:
        raise RehearsalStalled(f"the scene stood still for {patience_s:g} s") from None
    take.heard = live.speakerphone.heard
    return take


async def _react(message: ServerMessage, actor: Actor, live: LiveSession) -> None:
    match message:
        case Cue(action="speak", line_id=str(line_id)):
            actor.cue(line_id)
        case Cue(action="prompt"):
            actor.prompt()
        case Cue(action="scene_end"):
            await live.stop()

"""What a complete rehearsal brings; whatever is missing makes the demo fail."""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal_server.demo.take import Take
from rehearsal_server.protocol.server_messages import Cue, Error, Event, Saved, Voice


def missing_events(take: Take, forgotten: frozenset[str]) -> list[str]:
    """Say what a complete rehearsal would have brought and this one did not.

    Parameters
    ----------
    take : Take
        Of a scene that was to be played from its first line to its last.
    forgotten : set of str
        Lines on which the actor waited for a prompt.
    """
    missing = [
        f"the server reported {error.code}: {error.message}" for error in take.messages(Error)
    ]
    for line in take.partners_lines:
        missing += [
            f"{line.line_id}: no {what}" for what in _missing_of_partner(take, line.line_id)
        ]
    for line in take.actors_lines:
        missing += [f"{line.line_id}: no {what}" for what in _missing_of_actor(take, line.line_id)]
    missing += [f"{line_id}: no prompt" for line_id in sorted(forgotten - _cued(take, "prompt"))]
    if None not in _cued(take, "scene_end"):
        missing.append("no scene_end")
    if not any(take.messages(Saved)):
        missing.append("no saved")
    return missing + list(_out_of_number(take))


def _missing_of_partner(take: Take, line_id: str) -> Iterator[str]:
    voices = [voice for voice in take.messages(Voice) if voice.line_id == line_id]
    heard = [utterance for utterance in take.heard if utterance.line_id == line_id]
    if line_id not in _cued(take, "listen"):
        yield "cue to listen"
    if not any(voice.state == "complete" for voice in voices):
        yield "complete voice"
    if not any(utterance.samples for utterance in heard):
        yield "voice frames"
    if not any(voice.words for voice in voices):
        yield "word times"


def _missing_of_actor(take: Take, line_id: str) -> Iterator[str]:
    for action in ("speak", "done"):
        if line_id not in _cued(take, action):
            yield f"cue {action}"
    if all(line_id != timed for timed, _ in take.timings()):
        yield "timing"
    if all(line_id != done for done, _ in take.results()):
        yield "line result"


def _cued(take: Take, action: str) -> set[str | None]:
    return {cue.line_id for cue in take.messages(Cue) if cue.action == action}


def _out_of_number(take: Take) -> Iterator[str]:
    """Events are numbered without a gap, so that a client knows that it has them all."""
    numbers = [message.event for message in take.messages(Event) if message.event]
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            yield f"event {expected} (got {number} in its place)"
            return

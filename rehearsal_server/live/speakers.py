"""What the accounts know of their owners' voices, for the sessions that judge them."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import msgspec

from models.card import ModelCard
from models.emotion.baseline import Baseline
from models.emotion.delivery import Delivery
from rehearsal_server.session.speaker import Speaker
from storage.speakers import Speaker as KeptSpeaker
from storage.speakers import SpeakerRepository

log = logging.getLogger("rehearsal_server.live")


class Speakers:
    """Reads and keeps speakers.

    Parameters
    ----------
    kept : SpeakerRepository
    card : ModelCard or None
        Of the model that learns the baselines; None where there is none.
    """

    def __init__(self, kept: SpeakerRepository, card: ModelCard | None) -> None:
        self._kept = kept
        self._card = card

    async def find(self, user_id: str) -> Speaker:
        """What is known of a user's voice."""
        return speaker_of(await self._kept.get(user_id), self._card)

    async def keep(self, user_id: str, speaker: Speaker) -> None:
        """Keep what a session has learnt, unless it was to be forgotten meanwhile."""
        now = datetime.now(UTC)
        kept = await self._kept.get(user_id)
        if speaker.is_kept and kept is None:
            return
        calibrated_before = kept.calibrated_at if kept else None
        await self._kept.put(
            user_id,
            KeptSpeaker(
                learnt=_to_json(speaker.baseline),
                usual=msgspec.to_builtins(speaker.usual),
                calibrated_at=now if speaker.is_calibrating else calibrated_before,
                updated_at=now,
            ),
        )


def speaker_of(kept: KeptSpeaker | None, card: ModelCard | None) -> Speaker:
    """What a session makes of what was kept; to a new model every voice is new.

    `card` is that of the model which learns the baselines, None where there is none.
    """
    return Speaker(_baseline(kept, card), _usual(kept), is_kept=kept is not None)


def _baseline(kept: KeptSpeaker | None, card: ModelCard | None) -> Baseline | None:
    if card is None or not card.input.baseline:
        return None
    model, width = card.sha256, len(card.input.features)
    if kept is None or kept.learnt is None:
        return Baseline.unknown(model, width)
    try:
        return Baseline.from_json(msgspec.json.encode(kept.learnt), model=model, width=width)
    except ValueError as error:
        log.warning("a kept baseline cannot be read, so it is learnt anew: %s", error)
        return Baseline.unknown(model, width)


def _to_json(baseline: Baseline | None) -> dict[str, object] | None:
    return None if baseline is None else dict(msgspec.json.decode(baseline.to_json()))


def _usual(kept: KeptSpeaker | None) -> Delivery | None:
    if kept is None or kept.usual is None:
        return None
    return msgspec.convert(kept.usual, Delivery)

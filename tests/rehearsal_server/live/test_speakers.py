"""What is learnt of a voice in one session, the next one knows, if its model is the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.card import ModelCard
from models.emotion.delivery import Delivery
from models.emotion.estimate import EmotionEstimate, Residuals
from models.emotion.opening import open_emotion_model
from rehearsal_server.live.speakers import Speakers
from rehearsal_server.session.speaker import LineHeard, Speaker
from storage.database import Database
from storage.speakers import SpeakerRepository
from storage.users import User
from tests.models.graphs import loudness_card
from tests.storage.samples import SPEAKER, make_user

CARD = open_emotion_model().card
WIDTH = len(CARD.input.features)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'speakers.db'}")
    await database.migrate()
    yield database
    await database.close()


@pytest.fixture
async def ann(database: Database) -> User:
    return await make_user(database, "ann@example.org")


@pytest.fixture
def kept(database: Database) -> SpeakerRepository:
    return SpeakerRepository(database)


def learnt(speaker: Speaker) -> Speaker:
    residuals = Residuals(np.ones(WIDTH, np.float32), np.ones(WIDTH, np.float32), 10.0)
    return speaker.learn(
        LineHeard(EmotionEstimate(), (residuals,)), Delivery(speech_s=3, pitch_st=27)
    )


async def test_what_a_session_learns_the_next_one_knows(kept: SpeakerRepository, ann: User) -> None:
    speakers = Speakers(kept, CARD)
    stranger = await speakers.find(ann.id)
    assert (stranger.state, stranger.usual, stranger.is_kept) == ("none", None, False)
    await speakers.keep(ann.id, learnt(stranger))
    known = await speakers.find(ann.id)
    assert (known.state, known.usual) == ("warming", Delivery(speech_s=3, pitch_st=27))
    assert known.baseline is not None
    np.testing.assert_allclose(known.baseline.mean, 1)


async def test_a_calibration_is_dated_and_later_sessions_keep_its_date(
    kept: SpeakerRepository, ann: User
) -> None:
    speakers = Speakers(kept, CARD)
    await speakers.keep(ann.id, learnt((await speakers.find(ann.id)).calibrating()))
    row = await kept.get(ann.id)
    assert row is not None
    assert row.calibrated_at is not None
    await speakers.keep(ann.id, learnt(await speakers.find(ann.id)))
    again = await kept.get(ann.id)
    assert again is not None
    assert again.calibrated_at == row.calibrated_at


async def test_a_voice_forgotten_during_a_session_does_not_come_back(
    kept: SpeakerRepository, ann: User
) -> None:
    speakers = Speakers(kept, CARD)
    await speakers.keep(ann.id, learnt(await speakers.find(ann.id)))
    known = await speakers.find(ann.id)
    await kept.forget(ann.id)
    await speakers.keep(ann.id, learnt(known))
    assert await kept.get(ann.id) is None


@pytest.mark.parametrize(
    "learnt", [SPEAKER.learnt, {"model": CARD.sha256, "voiced_s": 3, "mean": [1]}, {"odd": 1}, None]
)
async def test_what_another_model_learnt_or_nobody_can_read_is_learnt_anew(
    kept: SpeakerRepository, ann: User, learnt: dict[str, object] | None
) -> None:
    await kept.put(ann.id, msgspec.structs.replace(SPEAKER, learnt=learnt))
    found = await Speakers(kept, CARD).find(ann.id)
    assert found.state == "none"
    assert found.baseline is not None
    assert found.usual is not None
    assert found.usual.pitch_st == 27.25


@pytest.mark.parametrize("card", [None, loudness_card(b"")])
async def test_a_model_that_learns_no_baseline_leaves_the_usual(
    kept: SpeakerRepository, ann: User, card: ModelCard | None
) -> None:
    speakers = Speakers(kept, card)
    found = await speakers.find(ann.id)
    assert found.baseline is None
    await speakers.keep(ann.id, replace(found, usual=Delivery(speech_s=3)))
    assert (await speakers.find(ann.id)).usual == Delivery(speech_s=3)

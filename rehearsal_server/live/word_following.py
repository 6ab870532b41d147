"""Everything that following words takes in this process, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from models.acoustic.acoustic_model import open_acoustic_model
from models.acoustic.dictionary import Dictionary
from models.card import ModelAbsent
from models.following.bank import FollowingBank
from rehearsal_server.following.preparation import LineGraphs, LinePreparer
from rehearsal_server.following.pronouncer import Phonemizer, Pronouncer
from rehearsal_server.live.following import FollowingScheduler
from rehearsal_server.protocol.server_messages import Engine
from rehearsal_server.scripts.model import Scene


@dataclass(frozen=True)
class WordFollowing:
    """The engine of this process; absent without a scheduler and a preparer."""

    detail: str
    scheduler: FollowingScheduler | None = None
    preparer: LinePreparer | None = None

    def engine(self) -> Engine:
        """For `hello`."""
        return Engine(
            name="script_following", available=self.scheduler is not None, detail=self.detail
        )

    async def prepare(self, scene: Scene, role: str, language: str) -> LineGraphs:
        """Graphs of the actor's lines that can be followed, by their ids."""
        if self.preparer is None:
            return {}
        lines = [line for line in scene.lines if line.character == role]
        return await self.preparer.prepare(lines, language)

    async def prepare_again(
        self, scene: Scene, role: str, language: str, line_ids: Collection[str]
    ) -> LineGraphs:
        """Graphs of lines that were followed before a restart, as far as they still can be."""
        graphs = await self.prepare(scene, role, language) if line_ids else {}
        return {line_id: graphs[line_id] for line_id in line_ids if line_id in graphs}


def open_word_following(phonemizer: Phonemizer) -> WordFollowing:
    """Open the acoustic model, if it is there."""
    try:
        model = open_acoustic_model()
        pronouncer = Pronouncer(Dictionary(), phonemizer)
    except ModelAbsent as absence:
        return WordFollowing(
            f"{absence}; the position in a line is estimated from the actor's pace, and "
            "`options.strictness` has no effect"
        )
    return WordFollowing(
        f"{model.name}, English only; lines in other languages are followed by the actor's pace",
        FollowingScheduler(FollowingBank(model)),
        LinePreparer(model, pronouncer),
    )

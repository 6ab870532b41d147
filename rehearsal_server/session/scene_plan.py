"""The order of a scene's lines, seen from one role."""

from __future__ import annotations

from rehearsal_server.scripts.model import Line, Scene, StageDirection
from rehearsal_server.scripts.pauses import written_pause_ms


class ScenePlan:
    """Whose line is when, and where the script asks for a pause."""

    def __init__(self, scene: Scene, role: str) -> None:
        self.scene_id = scene.id
        self.role = role
        self.lines = scene.lines
        self._index = {line.id: index for index, line in enumerate(self.lines)}
        self._pause_before_ms = _pauses_before_lines(scene)

    def is_actors(self, index: int) -> bool:
        """Whether the line at `index` exists and is the actor's."""
        return 0 <= index < len(self.lines) and self.lines[index].character == self.role

    def index_of(self, line_id: str) -> int | None:
        """Where a line stands; None if it is not in the scene."""
        return self._index.get(line_id)

    def start_for(self, index: int) -> int:
        """Where to begin so that the line at `index` has its cue."""
        has_cue = self.is_actors(index) and index > 0 and not self.is_actors(index - 1)
        return index - 1 if has_cue else index

    def last_actors_line(self, before: int) -> int:
        """The actor's last line before index `before`; the first line if there is none."""
        return next((i for i in range(before - 1, -1, -1) if self.is_actors(i)), 0)

    def next_partner_line(self, after: int) -> Line | None:
        """The partner line that comes next after index `after`."""
        later = range(after + 1, len(self.lines))
        return next((self.lines[i] for i in later if not self.is_actors(i)), None)

    def partner_of(self, line_id: str) -> str | None:
        """Whom the actor answers with a line: the partner who spoke last before it, or first."""
        at = self._index[line_id]
        around = [*reversed(self.lines[:at]), *self.lines[at:]]
        return next((line.character for line in around if line.character != self.role), None)

    def written_pauses(self, index: int) -> tuple[tuple[float, int], ...]:
        """Pauses that the script asks for: (share of the line before it, length in ms)."""
        line = self.lines[index]
        length = max(1, len(line.text))
        inside = [(p.offset / length, written_pause_ms(p.text)) for p in line.parentheticals]
        before = [(0.0, self._pause_before_ms.get(line.id, 0))]
        return tuple((at, pause_ms) for at, pause_ms in before + inside if pause_ms)


def _pauses_before_lines(scene: Scene) -> dict[str, int]:
    """Length of the written pause directly before each line that has one."""
    pauses: dict[str, int] = {}
    pending_ms = 0
    for element in scene.elements:
        if isinstance(element, StageDirection):
            pending_ms = max(pending_ms, written_pause_ms(element.text))
        else:
            if pending_ms:
                pauses[element.id] = pending_ms
            pending_ms = 0
    return pauses

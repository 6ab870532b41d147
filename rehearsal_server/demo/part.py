"""Which scene of a script is rehearsed, in which role."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal_server.scripts.model import Line, Scene, Script


@dataclass(frozen=True)
class Part:
    """A role in one scene."""

    scene: Scene
    role: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """What the actor has to say."""
        return tuple(line for line in self.scene.lines if line.character == self.role)

    @property
    def partners(self) -> tuple[str, ...]:
        """Who else speaks, by first appearance."""
        speakers = dict.fromkeys(line.character for line in self.scene.lines)
        return tuple(name for name in speakers if name != self.role)


def choose_part(script: Script, role: str | None) -> Part:
    """Take the first scene with the role; without one, a role that somebody else gives a cue to.

    Raises
    ------
    ValueError
        Nobody of that name speaks in the script.
    """
    names = [character.name for character in script.characters]
    if role is None:
        scene = next(scene for scene in script.scenes if scene.lines)
        speakers = list(dict.fromkeys(line.character for line in scene.lines))
        return Part(scene, speakers[min(1, len(speakers) - 1)])
    wanted = role.casefold()
    for scene in script.scenes:
        for line in scene.lines:
            if line.character.casefold() == wanted:
                return Part(scene, line.character)
    raise ValueError(f"nobody named {role!r} speaks in the script; it has {', '.join(names)}")

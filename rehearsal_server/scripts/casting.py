"""Put right who speaks: merge characters, rename one, give lines to another.

An import can mistake a slip for a person, and a wrong speaker poisons every measure taken
afterwards. Scripts are immutable: each operation gives a new one, in which every line keeps its
id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from msgspec.structs import replace

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Character, Element, Line, Script
from rehearsal_server.scripts.names import name_key


def rename_character(script: Script, name: str, new_name: str) -> Script:
    """Give a character another name.

    Raises
    ------
    ScriptError
        Nobody is called `name`, the new name is empty, or somebody else has it already.
    """
    _require(script, name)
    new_name = _checked_name(new_name)
    others = {name_key(c.name) for c in script.characters if c.name != name}
    if name_key(new_name) in others:
        raise ScriptError(f"There is a {new_name!r} already. Merge the two if they are one.")
    return _recast(script, lambda line: new_name if line.character == name else line.character)


def merge_characters(script: Script, names: Collection[str], into: str) -> Script:
    """Make several characters one, `into`, which must be one of the script's.

    Raises
    ------
    ScriptError
        One of them is not in the script.
    """
    for name in (*names, into):
        _require(script, name)
    merged = frozenset(names)
    return _recast(script, lambda line: into if line.character in merged else line.character)


def reassign_lines(script: Script, line_ids: Collection[str], character: str) -> Script:
    """Give lines to a character, who may be new to the script.

    Raises
    ------
    ScriptError
        There is no such line, or the name is empty.
    """
    unknown = set(line_ids) - {line.id for line in script.lines}
    if unknown:
        raise ScriptError(f"There is no line {min(unknown)!r} in the script.")
    name = _checked_name(character)
    known = {name_key(c.name): c.name for c in script.characters}
    speaker = known.get(name_key(name), name)
    chosen = frozenset(line_ids)
    return _recast(script, lambda line: speaker if line.id in chosen else line.character)


def with_counts(script: Script) -> Script:
    """Make the characters those who speak, by first appearance, each with the lines they have."""
    counts = Counter(line.character for line in script.lines)
    characters = tuple(Character(name=name, line_count=n) for name, n in counts.items())
    return replace(script, characters=characters)


def _recast(script: Script, speaker_of: Callable[[Line], str]) -> Script:
    def recast(element: Element) -> Element:
        if isinstance(element, Line):
            return replace(element, character=speaker_of(element))
        return element

    scenes = tuple(
        replace(scene, elements=tuple(recast(element) for element in scene.elements))
        for scene in script.scenes
    )
    return with_counts(replace(script, scenes=scenes))


def _require(script: Script, name: str) -> None:
    if name not in {character.name for character in script.characters}:
        raise ScriptError(f"Nobody in the script is called {name!r}.")


def _checked_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        raise ScriptError("A character needs a name.")
    return cleaned

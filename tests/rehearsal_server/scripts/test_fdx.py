from __future__ import annotations

import pytest

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.fdx import parse_fdx
from tests.rehearsal_server.scripts.files import fdx_of

CONTENT = """
<Paragraph Number="1" Type="Scene Heading"><Text>INT. KITCHEN - NIGHT</Text></Paragraph>
<Paragraph Type="Action"><ScriptNote ID="1"><Paragraph><Text>fix</Text></Paragraph></ScriptNote>
  <Text>Rain </Text><Text Style="Italic">pours</Text><Text>.</Text></Paragraph>
<Paragraph Type="Character"><Text>ANNA (O.S.)</Text></Paragraph>
<Paragraph Type="Parenthetical"><Text>(softly)</Text></Paragraph>
<Paragraph Type="Dialogue"><Text>Who&#8217;s </Text><Text Style="Bold">there?</Text></Paragraph>
<Paragraph><DualDialogue>
  <Paragraph Type="Character"><Text>BEN</Text></Paragraph>
  <Paragraph Type="Dialogue"><Text>Me.</Text></Paragraph>
  <Paragraph Type="Character"><Text>ANNA</Text></Paragraph>
  <Paragraph Type="Dialogue"><Text>You?</Text></Paragraph>
</DualDialogue></Paragraph>
<Paragraph Type="Transition"><Text>CUT TO:</Text></Paragraph>
"""
TITLE_PAGE = """
<Paragraph><Text></Text></Paragraph><Paragraph><Text>The Lamp</Text></Paragraph>
<Paragraph><Text>Written by</Text></Paragraph><Paragraph><Text>A. Nobody</Text></Paragraph>
<Paragraph><Text>Draft 3</Text></Paragraph>
"""
BOMB = b"<!DOCTYPE b [%s]><FinalDraft>&e9;</FinalDraft>" % b"".join(
    b'<!ENTITY e%d "%s">' % (n, (b"&e%d;" % (n - 1)) * 10 if n else b"lol") for n in range(10)
)
OUTSIDE = b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]><FinalDraft>&x;</FinalDraft>'


def test_a_final_draft_document() -> None:
    script = parse_fdx(fdx_of(CONTENT, TITLE_PAGE))
    assert (script.title, script.author, script.format) == ("The Lamp", "A. Nobody", "fdx")
    (scene,) = script.scenes
    assert scene.heading == "INT. KITCHEN - NIGHT"
    assert [(line.character, line.text, line.simultaneous) for line in scene.lines] == [
        ("Anna", "Who’s there?", False),
        ("Ben", "Me.", False),
        ("Anna", "You?", True),
    ]
    assert [p.text for p in scene.lines[0].parentheticals] == ["O.S.", "softly"]
    assert "Rain pours." in [element.text for element in scene.elements]
    assert [(n.code, n.text) for n in script.notices] == [("title_page", "Draft 3")]


@pytest.mark.parametrize("data", [BOMB, OUTSIDE, b"<!DOCTYPE FinalDraft><FinalDraft/>"])
def test_entities_are_never_expanded(data: bytes) -> None:
    with pytest.raises(ScriptError, match=r"damaged|declares a document type"):
        parse_fdx(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<FinalDraft><Content>", "not well-formed XML"),
        (b"<FinalDraft>\x00</FinalDraft>", "not well-formed XML"),
        (b"<a>" * 100_000, "not well-formed XML"),
        (b"<score/>", "not a Final Draft document"),
        (b"<FinalDraft/>", "holds no speech"),
    ],
)
def test_what_is_no_final_draft_document(data: bytes, message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        parse_fdx(data)


def test_damage_is_told_with_its_line() -> None:
    with pytest.raises(ScriptError) as caught:
        parse_fdx(b"<FinalDraft>\n<Content>\n</Cont>")
    assert caught.value.source_line == 3

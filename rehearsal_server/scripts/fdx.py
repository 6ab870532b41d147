"""Final Draft's FDX -> `Script`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.styled import ParagraphKind, StyledParagraph, add_styled

_KINDS = {
    "Scene Heading": ParagraphKind.HEADING,
    "Shot": ParagraphKind.HEADING,
    "New Act": ParagraphKind.HEADING,
    "Character": ParagraphKind.CUE,
    "Parenthetical": ParagraphKind.PARENTHETICAL,
    "Dialogue": ParagraphKind.DIALOGUE,
    "Singing": ParagraphKind.DIALOGUE,
}
_BY = re.compile(r"(?:(?:written|screenplay|a play|story)\s+)?by:?", re.IGNORECASE)


def parse_fdx(data: bytes) -> Script:
    """Parse an FDX file; a paragraph's number among all of them serves as its line number.

    Raises
    ------
    ScriptError
        The file is no well-formed XML, declares a document type (which no FDX file does, and
        which entity bombs need), is no Final Draft document, or holds nothing.
    """
    root = _parse_xml(data)
    if root.tag != "FinalDraft":
        raise ScriptError("This XML file is not a Final Draft document (FDX).")
    builder = ScriptBuilder("fdx")
    _keep_title_page(builder, root)
    add_styled(builder, _paragraphs(root))
    return builder.build()


def _parse_xml(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        raise ScriptError("The FDX file is damaged: it is not well-formed XML.", line) from error
    if root.getroottree().docinfo.doctype:
        raise ScriptError("The FDX file declares a document type, which we do not accept.")
    return root


def _paragraphs(root: etree._Element) -> Iterator[StyledParagraph]:
    """Give the paragraphs of the script; those of dual dialogue lie one level deeper."""
    content = root.find("Content")
    elements = () if content is None else content.iter("Paragraph")
    cues_in_dual: dict[etree._Element, int] = {}
    for number, element in enumerate(elements, start=1):
        kind = _KINDS.get(element.get("Type", ""), ParagraphKind.DIRECTION)
        dual = element.getparent()
        simultaneous = False
        if kind is ParagraphKind.CUE and dual is not None and dual.tag == "DualDialogue":
            cues_in_dual[dual] = cues_in_dual.get(dual, 0) + 1
            simultaneous = cues_in_dual[dual] > 1
        yield StyledParagraph(kind, _text(element), number, simultaneous)


def _text(paragraph: etree._Element) -> str:
    """Put the styled runs of a paragraph together; notes inside it are no runs."""
    return "".join(run.text or "" for run in paragraph.findall("Text"))


def _keep_title_page(builder: ScriptBuilder, root: etree._Element) -> None:
    """Take the first line for the title and the line after "by" for the author."""
    lines = [_text(element).strip() for element in root.findall("TitlePage/Content/Paragraph")]
    after_by = False
    for line in filter(None, lines):
        if not builder.title:
            builder.title = line
        elif after_by and not builder.author:
            builder.author = line
        elif not _BY.fullmatch(line):
            message = "The title page says more than title and author; the script does not keep it."
            builder.add_notice(0, "title_page", message, line)
        after_by = bool(_BY.fullmatch(line))

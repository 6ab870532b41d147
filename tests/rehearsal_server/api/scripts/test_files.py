"""Files of every format over REST, and what hostile ones get."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from rehearsal_server.api.services import Services
from tests.rehearsal_server.api.conftest import SignedIn
from tests.rehearsal_server.scripts.files import docx_of, fdx_of, pdf_of, zip_of

FOUNTAIN = b"INT. A FLAT - DAY\n\nALGERNON\nDid you hear what I was playing?\n\nLANE\nNo, sir.\n"
FDX = fdx_of(
    '<Paragraph Type="Character"><Text>LANE</Text></Paragraph>'
    '<Paragraph Type="Dialogue"><Text>No, sir.</Text></Paragraph>'
)
DOCX = docx_of(("Normal", "LANE: No, sir."), ("Normal", "ALGERNON: I am sorry."))
PDF = pdf_of("LANE: No, sir.\nALGERNON: I am sorry.")
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nNo, sir.\n"
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Lane>No, sir.\n"
GUTENBERG = (
    b"*** START OF THE PROJECT GUTENBERG EBOOK A PLAY ***\n\nACT I\n\nLANE. No, sir.\n\n"
    b"ALGERNON. I am sorry.\n\n*** END OF THE PROJECT GUTENBERG EBOOK A PLAY ***\n"
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BYTES = "application/octet-stream"
EXPANDED = "a" * 400
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE FinalDraft ['
    + "".join(
        f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' if n else f'<!ENTITY e1 "{EXPANDED}">'
        for n in range(9)
    )
    + "]><FinalDraft><Content><Paragraph><Text>&e9;</Text></Paragraph></Content></FinalDraft>"
).encode()


async def upload(
    who: SignedIn, data: bytes | AsyncIterator[bytes], media_type: str, **query: str
) -> httpx.Response:
    return await who.call(
        "POST", "/v1/scripts", params=query, content=data, headers={"content-type": media_type}
    )


@pytest.mark.parametrize(
    ("data", "media_type", "filename", "format"),
    [
        (FOUNTAIN, "text/plain", "flat.fountain", "fountain"),
        (FDX, "application/xml", "flat.fdx", "fdx"),
        (DOCX, WORD, "flat.docx", "name_colon"),
        (PDF, "application/pdf", "flat.pdf", "name_colon"),
        (SRT, "application/x-subrip", "flat.srt", "srt"),
        (VTT, "text/vtt", "flat.vtt", "vtt"),
        (GUTENBERG, "text/plain", "flat.txt", "stage"),
        (PDF, BYTES, "flat.bin", "name_colon"),
        (
            "LANE: Café.\n".encode("cp1252"),
            "text/plain; charset=windows-1252",
            "a.txt",
            "name_colon",
        ),
    ],
)
@pytest.mark.check(22)
async def test_a_file_becomes_a_script(
    ann: SignedIn, data: bytes, media_type: str, filename: str, format: str
) -> None:
    answer = await upload(ann, data, media_type, filename=filename)
    assert answer.status_code == 201, answer.text
    script = answer.json()["script"]
    assert script["format"] == format
    assert script["characters"]


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (BOMB, 422, "the FDX file"),
        (zip_of({"word/document.xml": bytes(60_000_000)}), 422, "far more than a play"),
        (zip_of({"a.txt": b"x"}), 422, "not a Word document"),
        (b"%PDF-1.7\n" + b"\xff" * 1000, 422, "damaged"),
        (bytes(range(256)) * 40, 422, "no text that we can read"),
        (b"\x1f\x8b\x08", 422, "gzip"),
        (b"", 422, "empty"),
        (b"{}", 422, "no script"),
        (b"[" * 60_000, 422, "Nobody speaks"),
    ],
)
@pytest.mark.check(22)
async def test_a_hostile_file_gets_a_reason(
    ann: SignedIn, data: bytes, status: int, said: str
) -> None:
    answer = await upload(ann, data, BYTES)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert said.lower() in (problem["detail"] + problem["title"]).lower()
    assert (await ann.call("GET", "/v1/scripts")).json()["items"] == []


@pytest.mark.check(22)
async def test_a_hundred_megabytes_are_refused_before_they_are_read(ann: SignedIn) -> None:
    sent = 0

    async def huge() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1_000_000
            yield bytes(1_000_000)

    answer = await upload(ann, huge(), BYTES)
    assert answer.status_code == 413
    announced = {"content-type": BYTES, "content-length": "100000000"}
    answer = await ann.call("POST", "/v1/scripts", content=b"x", headers=announced)
    assert answer.status_code == 413


async def test_a_file_sent_again_creates_nothing_anew(ann: SignedIn) -> None:
    headers = {"content-type": "application/pdf", "idempotency-key": "k1"}
    answers = [
        await ann.call("POST", "/v1/scripts", content=PDF, headers=headers) for _ in range(2)
    ]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    other = await ann.call("POST", "/v1/scripts", content=PDF + b"\n", headers=headers)
    assert other.status_code == 409


@pytest.mark.check(21)
async def test_an_account_keeps_so_many_scripts(ann: SignedIn, services: Services) -> None:
    object.__setattr__(services.settings, "max_scripts", 2)
    answers = [await upload(ann, FOUNTAIN, "text/plain") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 403]
    assert answers[2].json()["type"] == "/problems/quota_reached"
    path = answers[0].headers["location"]
    assert (await ann.call("DELETE", path)).status_code == 204
    assert (await upload(ann, FOUNTAIN, "text/plain")).status_code == 201


def without_ids_of_the_source(script: dict[str, Any]) -> dict[str, Any]:
    """Drop what Fountain has no place for."""
    kept = {**script, "format": "", "notices": []}
    for element in itertools.chain.from_iterable(scene["elements"] for scene in kept["scenes"]):
        element["source_line"] = 0
    return kept


async def test_an_export_reads_back_as_the_same_script(ann: SignedIn) -> None:
    made = (await upload(ann, FOUNTAIN, "text/plain", filename="flat.fountain")).json()
    path = f"/v1/scripts/{made['id']}/export"
    as_json = await ann.call("GET", path, params={"format": "json"})
    assert as_json.headers["content-disposition"] == 'attachment; filename="script.json"'
    again = await upload(ann, as_json.content, as_json.headers["content-type"])
    assert again.json()["script"] == made["script"]
    as_fountain = await ann.call("GET", path)
    assert as_fountain.headers["content-type"] == "text/plain; charset=utf-8"
    again = await upload(ann, as_fountain.content, "text/plain", filename="script.fountain")
    assert without_ids_of_the_source(again.json()["script"]) == without_ids_of_the_source(
        made["script"]
    )

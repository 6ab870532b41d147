"""Bringing a script, looking it over, putting it right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from tests.rehearsal_server.web.browser.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAY = "ANNA: Good evening.\nBEN: Is it?\nANA: It was.\n"


async def test_a_pasted_script_is_reviewed_and_put_right(somebody: Person) -> None:
    page = somebody.page
    await page.fill("#script-text", PLAY)
    await page.click("text=Add script")
    await page.wait_for_selector(".chooser")
    assert await page.locator("input[name=role]").count() == 3
    await page.click("text=Cast (3)")
    # The third is a slip of the first.
    await page.get_by_label("Ana", exact=True).fill("Anna")
    await page.click("form[aria-label=Cast] button")
    await page.wait_for_selector("text=Cast (2)")
    assert await page.locator("input[name=role]").count() == 2


async def test_a_file_that_is_no_script_is_refused_with_a_reason(somebody: Person) -> None:
    page = somebody.page
    word = b"\xd0\xcf\x11\xe0 old"
    file = FilePayload(name="play.doc", mimeType="application/msword", buffer=word)
    await page.set_input_files("#script-file", file)
    await page.wait_for_selector("text=Save it as .docx")
    # That the server refuses is what the browser's console tells as well.
    somebody.complaints.clear()


async def test_a_script_as_a_file_is_edited_exported_and_deleted(
    somebody: Person, tmp_path: Path
) -> None:
    page = somebody.page
    file = tmp_path / "evening.fountain"
    file.write_text("Title: Evening\n\nANNA\nGood evening.\n\nBEN\nIs it?\n")
    await page.set_input_files("#script-file", file)
    await page.wait_for_selector("h1:text('Evening')")
    await page.click("details.card:last-of-type > summary")
    await page.fill("form[aria-label=Edit] input >> nth=0", "Night")
    await page.click("form[aria-label=Edit] button")
    await page.wait_for_selector("h1:text('Night')")
    await page.click("details.card:last-of-type > summary")
    async with page.expect_download() as downloading:
        await page.click("button:text('Fountain')")
    assert "@Ben" in (await (await downloading.value).path()).read_text("utf-8")
    await page.click("text=Replace the text")
    await expect(page.locator("#edit-text")).to_have_value(re.compile("@Anna"))
    await page.fill("#edit-text", "CLARA\nGood night.\n\nDORA\nIs it?\n")
    await page.click("#edit-text ~ button")
    await page.wait_for_selector("text=Clara")
    await page.click("details.card:last-of-type > summary")
    await page.click("button:text('Delete this script') >> nth=0")
    await page.click("button.danger")
    await page.wait_for_selector(".poster-card")

"""Signing in and out, and what becomes of an account."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Browser

from tests.rehearsal_server.web.browser.people import PASSWORD, Person, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_wrong_is_said_at_its_field(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url) as somebody:
        page = somebody.page
        await somebody.go("register", "form")
        await page.fill("input[type=email]", "ann@example.org")
        await page.fill("input[type=password]", "short")
        await page.click("button[type=submit]")
        await page.wait_for_selector("input[type=password][aria-invalid]")
        assert await page.locator("input[type=password]").evaluate(
            "e => e === document.activeElement"
        )


async def test_the_login_outlives_the_page_but_no_script_can_read_it(somebody: Person) -> None:
    page = somebody.page
    await page.reload()
    await page.wait_for_selector(".poster-card")
    readable = await page.evaluate("JSON.stringify([document.cookie, {...localStorage}])")
    assert json.loads(readable) == ["", {"rehearsal.signed-in": "yes"}]
    (cookie,) = await page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"


async def test_whoever_signs_out_is_out(somebody: Person) -> None:
    page = somebody.page
    await page.click("text=Sign out")
    await page.wait_for_selector("h1:text('Sign in')")
    assert await page.context.cookies() == []
    await page.goto(f"{somebody.url}/#/settings")
    await page.wait_for_selector("h1:text('Sign in')")


async def test_password_export_and_erasure(somebody: Person) -> None:
    page = somebody.page
    await somebody.go("settings", ".settings")
    await page.click("summary:has-text('Change password')")
    form = page.locator("form[aria-label='Change password']")
    await form.locator("input").first.fill(PASSWORD)
    await form.locator("input").last.fill("the line is immaterial")
    await form.locator("button[type=submit]").click()
    await page.wait_for_selector("text=Everywhere else you are signed out")
    async with page.expect_download() as downloading:
        await page.click("text=Download everything")
    exported = json.loads((await (await downloading.value).path()).read_text("utf-8"))
    assert exported["scripts"] == []
    await page.click("summary:has-text('Delete my account')")
    form = page.locator("form[aria-label='Delete my account']")
    await form.locator("input").fill("the line is immaterial")
    await form.locator("button[type=submit]").click()
    await page.wait_for_selector("h1:text('Create account')")


async def test_what_the_server_has_and_lacks_is_told(somebody: Person) -> None:
    page = somebody.page
    await somebody.go("settings", ".settings")
    await page.click("summary:has-text('This server')")
    engines = await page.inner_text(".figures")
    assert "voice:espeak-ng" in engines
    assert "absent" in engines

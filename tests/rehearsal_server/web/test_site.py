from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from rehearsal_server.api.envelope import EXCEPTION_HANDLERS, middleware_for
from rehearsal_server.config import Settings
from rehearsal_server.scripts.bundled_script import bundled_text
from rehearsal_server.web.files import WebFiles, read_web_files
from rehearsal_server.web.site import web_routes

WEB = Path(__file__).parents[3] / "rehearsal_server" / "web"
# What the whole page may weigh, uncompressed, without audio.
MAX_PAGE_BYTES = 200_000


@pytest.fixture
def files() -> WebFiles:
    return read_web_files()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(data_dir=tmp_path)
    app = Starlette(
        routes=web_routes(),
        middleware=middleware_for(settings),
        exception_handlers=EXCEPTION_HANDLERS,
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://rehearsal.test") as client:
        yield client


@pytest.mark.check(38)
async def test_the_page_allows_its_own_files_only(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_nothing_in_the_page_is_inline_or_from_elsewhere(files: WebFiles) -> None:
    page = files.by_path["index.html"].body.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert addresses
    assert all(re.match("/(?!/)|#", address) for address in addresses)


async def test_every_part_that_the_page_names_is_there(
    client: httpx.AsyncClient, files: WebFiles
) -> None:
    page = (await client.get("/")).text
    assert "{version}" not in page
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        assert (await client.get(address)).status_code == 200, address


async def test_a_versioned_file_is_kept_for_good(
    client: httpx.AsyncClient, files: WebFiles
) -> None:
    answer = await client.get(f"/web/{files.version}/client/index.js")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


async def test_a_lasting_address_is_asked_after_each_time(client: httpx.AsyncClient) -> None:
    first = await client.get("/web/client/index.js")
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get(
        "/web/client/index.js", headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_texts_are_compressed_for_who_can_read_it(client: httpx.AsyncClient) -> None:
    async with client.stream(
        "GET", "/web/client/index.js", headers={"accept-encoding": "gzip"}
    ) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    plain = await client.get("/web/client/index.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content


@pytest.mark.parametrize(
    "path",
    [
        "site.py",
        "nothing.js",
        "",
        "../config.py",
        "%2e%2e/config.py",
        "0" * 12 + "/client/index.js",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/web/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_bundled_scene_can_be_taken(client: httpx.AsyncClient) -> None:
    assert (await client.get("/web/scenes/last_train.fountain")).text == bundled_text()


async def test_the_messages_have_declarations(client: httpx.AsyncClient) -> None:
    answer = await client.get("/web/client/messages.d.ts")
    assert "export interface ServerMessages {" in answer.text


def test_the_page_is_light(files: WebFiles) -> None:
    assert sum(len(file.body) for file in files.by_path.values()) < MAX_PAGE_BYTES


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    first = read_web_files(tmp_path).version
    (tmp_path / "a.js").write_text("2")
    second = read_web_files(tmp_path).version
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    assert len({first, second, read_web_files(tmp_path).version}) == 3


@pytest.mark.parametrize(
    "module", sorted(WEB.rglob("*.js")), ids=lambda path: str(path.relative_to(WEB))
)
def test_what_a_module_imports_is_there(module: Path) -> None:
    source = module.read_text("utf-8")
    for name in re.findall(r'(?:from|import\() ?"(\.[^"]+)"', source):
        # Declarations are made when they are asked for.
        is_there = (module.parent / name).exists() or name.endswith(".d.ts")
        assert is_there, f"{module.name} imports {name}"

"""Security checks that hold for the server as a whole, tried on a running one."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rehearsal_server.app import create_app
from rehearsal_server.config import Settings
from rehearsal_server.serving import make_server
from storage.database import Database
from storage.tables import users
from tests.rehearsal_server.live.running_server import (
    ACCOUNT,
    SCRIPT,
    RunningServer,
    running_server,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
OTHER = {"email": "eve@example.org", "password": "something wicked this way"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("server"), log_level="debug")
    async with running_server(settings) as server:
        yield server


async def another_account(server: RunningServer, email: str) -> RunningServer:
    """Make an account of somebody else, and sign in."""
    account = {**OTHER, "email": email}
    async with httpx.AsyncClient(base_url=f"http://{server.address}", trust_env=False) as http:
        (await http.post("/v1/auth/register", json=account)).raise_for_status()
        tokens = (await http.post("/v1/auth/login", json=account)).raise_for_status().json()
    return RunningServer(server.address, tokens["access_token"])


@pytest.mark.check(5)
async def test_nothing_secret_gets_into_the_log(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # What a client of ours logs of itself is not the server's.
    for client in ("httpx", "httpcore", "websockets.client"):
        logging.getLogger(client).setLevel(logging.WARNING)
    async with server.http() as http:
        ticket = (await http.post("/v1/live/tickets")).json()["ticket"]
        await http.post("/v1/auth/login", json={**ACCOUNT, "password": "a wrong password"})
        await http.post("/v1/auth/refresh", json={"refresh_token": "a-stolen-refresh-token"})
        await http.post("/v1/scripts", json={"text": SCRIPT})
    offered = ("rehearsal.v1.json", f"ticket.{ticket}")
    async with server.socket(token="", subprotocols=offered) as talk:
        started = await talk.start()
        await talk.speak(bytes(640))
        await talk.say({"type": "stop"})
        await talk.until("saved")
    # websockets' own protocol log shows frames, and is only written when somebody debugs it.
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("rehearsal_server")]
    written = "\n".join(lines)
    for secret in (
        server.token,
        ticket,
        started["secret"],
        ACCOUNT["password"],
        ACCOUNT["email"],
        "a wrong password",
        "a-stolen-refresh-token",
        "Good evening",
        "waiting for you",
    ):
        assert secret not in written
    ended = [r for r in caplog.records if hasattr(r, "figures")]
    assert [one.figures["session_id"] for one in ended] == [started["session_id"]]
    assert all(isinstance(value, int | float | str | None) for value in ended[0].figures.values())


@pytest.mark.check(5)
async def test_a_credential_in_a_url_opens_nothing(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=f"http://{server.address}", trust_env=False) as http:
        for name in ("access_token", "token", "ticket"):
            answer = await http.get(f"/v1/users/me?{name}={server.token}")
            assert answer.status_code == 401
            with pytest.raises(InvalidStatus):
                await connect(f"ws://{server.address}/v1/live?{name}={server.token}", proxy=None)


@pytest.mark.check(6)
async def test_compression_is_not_negotiated(server: RunningServer) -> None:
    async with connect(
        f"ws://{server.address}/v1/live",
        additional_headers={"authorization": f"Bearer {server.token}"},
        compression="deflate",
        proxy=None,
    ) as socket:
        assert socket.response is not None
        assert "sec-websocket-extensions" not in socket.response.headers


@pytest.mark.check(8)
@pytest.mark.parametrize(("proxies", "secure"), [((), False), (("127.0.0.0/8",), True)])
async def test_only_a_proxy_that_is_named_is_believed(
    tmp_path: Path, proxies: tuple[str, ...], secure: bool
) -> None:
    async with running_server(Settings(data_dir=tmp_path, trusted_proxies=proxies)) as server:
        async with server.http() as http:
            forwarded = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
            answer = await http.get("/healthz", headers=forwarded)
    assert ("strict-transport-security" in answer.headers) is secure


@pytest.mark.check(12)
async def test_erasing_an_account_closes_its_sockets(server: RunningServer) -> None:
    erased = await another_account(server, "erased@example.org")
    async with erased.socket() as talk, server.socket() as other:
        await talk.start()
        await other.until("hello")
        async with erased.http() as http:
            password = {"password": OTHER["password"]}
            answer = await http.request("DELETE", "/v1/users/me", json=password)
            assert answer.status_code == 204
        assert (await talk.fatal_error())[2] == 4401
        await other.start()


@pytest.mark.check(13)
async def test_another_users_session_and_script_look_absent(server: RunningServer) -> None:
    eve = await another_account(server, "eve@example.org")
    async with server.http() as http:
        script = (await http.post("/v1/scripts", json={"text": SCRIPT})).json()
    async with server.socket() as talk:
        started = await talk.start()
        await talk.speak(bytes(640))
        talk.websocket.transport.abort()
    resume = {
        "type": "resume",
        "session_id": started["session_id"],
        "secret": started["secret"],
        "epoch": started["epoch"],
        "last_event": 0,
    }
    for message, code in (
        (resume, "no_such_session"),
        ({**resume, "session_id": "0" * 32}, "no_such_session"),
    ):
        async with eve.socket() as talk:
            await talk.say(message)
            assert (await talk.fatal_error())[0] == code
    async with eve.socket() as talk:
        stolen = {"script": None, "script_id": script["id"], "role": "Ben"}
        audio = {"sample_rate": 16_000}
        await talk.say({"type": "start", "mode": "scene", "audio": audio, **stolen})
        assert (await talk.fatal_error())[0] == "not_found"
    async with eve.http() as http:
        answer = await http.get(f"/v1/sessions/{started['session_id']}")
        assert answer.status_code == 404


@pytest.mark.check(21)
async def test_an_account_holds_so_many_sockets(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, max_sessions_per_account=2)
    async with running_server(settings) as server:
        eve = await another_account(server, "eve@example.org")
        async with server.socket(), server.socket():
            with pytest.raises(InvalidStatus, match="429"):
                async with server.socket():
                    pass
            async with eve.socket() as talk:
                await talk.until("hello")


@pytest.mark.check(40)
async def test_security_events_are_in_the_log(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    account = {**OTHER, "email": "logged@example.org"}
    async with httpx.AsyncClient(base_url=f"http://{server.address}", trust_env=False) as http:
        await http.post("/v1/auth/register", json=account)
        await http.post("/v1/auth/login", json={**account, "password": "not this one"})
        tokens = (await http.post("/v1/auth/login", json=account)).json()
        spent = {"refresh_token": tokens["refresh_token"]}
        await http.post("/v1/auth/refresh", json=spent)
        await http.post("/v1/auth/refresh", json=spent)
        tokens = (await http.post("/v1/auth/login", json=account)).json()
        bearer = {"authorization": f"Bearer {tokens['access_token']}"}
        change = {"current_password": OTHER["password"], "new_password": "by the pricking"}
        await http.post("/v1/auth/password", json=change, headers=bearer)
        await http.post("/v1/auth/logout", headers=bearer)
    for said in (
        "registered",
        "a sign-in was refused",
        "began",
        "a refresh was refused: used before",
        "changed the password",
        "ended",
    ):
        assert said in caplog.text
    assert account["email"] not in caplog.text


@pytest.mark.check(42)
async def test_a_new_server_has_no_account_and_no_debug_route(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    assert not app.debug
    async with app.router.lifespan_context(app):
        database = Database(Settings(data_dir=tmp_path).database_url)
        async with database.read() as connection:
            count = (await connection.execute(select(func.count()).select_from(users))).scalar()
        await database.close()
        assert count == 0
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            for path in ("/debug", "/admin", "/metrics", "/console", "/v1/debug", "/.env"):
                assert (await http.get(path)).status_code == 404, path


@pytest.mark.check(1)
async def test_the_server_does_not_say_what_it_runs_on(server: RunningServer) -> None:
    async with server.http() as http:
        assert "server" not in (await http.get("/healthz")).headers


@pytest.mark.check(6, 17)
async def test_uvicorn_is_set_up_as_promised(tmp_path: Path) -> None:
    config = make_server(Settings(data_dir=tmp_path)).config
    assert not config.ws_per_message_deflate
    assert config.ws_ping_interval is None, "liveness is what the application says"
    assert config.ws_max_size == 64 * 1024


@pytest.mark.check(11)
async def test_signing_out_everywhere_closes_every_socket(server: RunningServer) -> None:
    eve = await another_account(server, "everywhere@example.org")
    async with eve.socket() as one, eve.socket() as two:
        await one.start()
        await two.start()
        async with eve.http() as http:
            (await http.post("/v1/auth/logout-everywhere")).raise_for_status()
        async with asyncio.timeout(20):
            assert (await one.fatal_error())[2] == (await two.fatal_error())[2] == 4401


@pytest.mark.check(42)
async def test_the_bill_of_materials_lists_every_pinned_package(tmp_path: Path) -> None:
    written = tmp_path / "sbom.json"
    command = ["bash", str(ROOT / ".ci" / "sbom"), str(written)]
    await asyncio.to_thread(lambda: subprocess.run(command, check=True))
    sbom = json.loads(written.read_text("utf-8"))
    assert sbom["bomFormat"] == "CycloneDX"
    listed = {f"{one['name']}=={one['version']}" for one in sbom["components"]}
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert set(re.findall(r"^[\w.-]+==[\w.]+", lock, re.MULTILINE)) == listed

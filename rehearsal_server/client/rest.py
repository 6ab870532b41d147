"""The REST side of the client: an account, its scripts, and what came of its sessions."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from types import TracebackType
from typing import Any, TypeVar

import httpx
import msgspec

from rehearsal_server.api.accounts.logins import Tokens
from rehearsal_server.api.practice.performances import FeedbackList
from rehearsal_server.api.practice.sessions import SessionDetail, SessionPage
from rehearsal_server.api.scripts.resource import ScriptPage
from rehearsal_server.api.scripts.views import ScriptView
from rehearsal_server.client.errors import RequestRefused, Unreachable
from rehearsal_server.client.live import LiveSession, open_session
from rehearsal_server.client.recording import SessionRecording
from rehearsal_server.protocol.client_messages import Start
from rehearsal_server.protocol.codec import JSON, Codec
from storage.results import Feedback
from storage.scripts import ScriptEntry
from storage.sessions import Session
from storage.users import User

_Result = TypeVar("_Result")


class RehearsalClient:
    """One user's view of a server.

    Parameters
    ----------
    base_url : str
        ``http://`` or ``https://`` address of the server.
    trust_env : bool
        Whether a proxy named in the environment is used.
    """

    def __init__(self, base_url: str, *, trust_env: bool = True) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, trust_env=trust_env)
        self._trust_env = trust_env
        self._tokens: Tokens | None = None
        self._access_until_s = 0.0

    async def __aenter__(self) -> RehearsalClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    # -- account -----------------------------------------------------------------------------

    async def register(self, email: str, password: str, display_name: str = "") -> None:
        """Make an account; sign in to use it."""
        body = {"email": email, "password": password, "display_name": display_name}
        await self._request("POST", "/v1/auth/register", body)

    async def login(self, email: str, password: str) -> None:
        """Sign in."""
        body = {"email": email, "password": password}
        self._keep(await self._fetch(Tokens, "POST", "/v1/auth/login", body))

    async def refresh(self) -> None:
        """Exchange the refresh token; done by itself when the access token has run out."""
        body = {"refresh_token": self._signed_in.refresh_token}
        self._tokens = None
        self._keep(await self._fetch(Tokens, "POST", "/v1/auth/refresh", body))

    async def logout(self) -> None:
        """Sign out."""
        await self._request("POST", "/v1/auth/logout")
        self._tokens = None

    async def me(self) -> User:
        """Show the account."""
        return await self._fetch(User, "GET", "/v1/users/me")

    # -- scripts -----------------------------------------------------------------------------

    async def upload_script(
        self, text: str, *, title: str | None = None, format: str | None = None
    ) -> ScriptView:
        """Upload a play; its notices say what could not be placed."""
        body = {"text": text, "title": title, "format": format}
        return await self._fetch(ScriptView, "POST", "/v1/scripts", body)

    async def script(self, script_id: str) -> ScriptView:
        """Read a script."""
        return await self._fetch(ScriptView, "GET", f"/v1/scripts/{script_id}")

    async def scripts(self) -> AsyncIterator[ScriptEntry]:
        """List all scripts, newest first."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self._fetch(ScriptPage, "GET", _page("/v1/scripts", cursor))
            for entry in page.items:
                yield entry
            cursor = page.next_cursor

    async def delete_script(self, script_id: str) -> None:
        """Delete a script."""
        await self._request("DELETE", f"/v1/scripts/{script_id}")

    # -- sessions ----------------------------------------------------------------------------

    async def sessions(self) -> AsyncIterator[Session]:
        """List all sessions, newest first."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self._fetch(SessionPage, "GET", _page("/v1/sessions", cursor))
            for session in page.items:
                yield session
            cursor = page.next_cursor

    async def session(self, session_id: str) -> SessionDetail:
        """Read a session with its performances and feedback."""
        return await self._fetch(SessionDetail, "GET", f"/v1/sessions/{session_id}")

    async def performance_feedback(self, performance_id: str) -> tuple[Feedback, ...]:
        """Read the feedback on one performance."""
        path = f"/v1/performances/{performance_id}/feedback"
        return (await self._fetch(FeedbackList, "GET", path)).items

    def live(
        self,
        start: Start,
        *,
        codec: Codec = JSON,
        chunk_ms: float = 20,
        speed: float = 1.0,
        keep_audio: bool = False,
        recording: SessionRecording | None = None,
    ) -> AbstractAsyncContextManager[LiveSession]:
        """Open a live session; see `open_session`."""
        return open_session(
            self.live_url,
            self.fresh_access_token,
            start,
            codec=codec,
            chunk_ms=chunk_ms,
            speed=speed,
            keep_audio=keep_audio,
            recording=recording,
            trust_env=self._trust_env,
        )

    # -- requests ----------------------------------------------------------------------------

    def _keep(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._access_until_s = time.monotonic() + tokens.expires_in

    @property
    def live_url(self) -> str:
        """Address of the live socket."""
        return str(self._http.base_url.join("/v1/live")).replace("http", "ws", 1)

    async def fresh_access_token(self) -> str:
        """What opens a live socket now; refreshed if it has run out."""
        if self._is_outdated():
            await self.refresh()
        return self.access_token

    @property
    def access_token(self) -> str:
        """What opens a live socket for this user."""
        return self._signed_in.access_token

    @property
    def _signed_in(self) -> Tokens:
        if self._tokens is None:
            raise RequestRefused(401, "unauthenticated", "sign in first")
        return self._tokens

    async def _fetch(
        self, kind: type[_Result], method: str, path: str, body: dict[str, Any] | None = None
    ) -> _Result:
        return msgspec.json.decode(await self._request(method, path, body), type=kind)

    async def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        response = await self._send(method, path, body)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._is_outdated():
            await self.refresh()
            response = await self._send(method, path, body)
        if response.is_error:
            raise _refusal(response)
        return response.content

    def _is_outdated(self) -> bool:
        """Whether the access token has run out, so that a refresh would help."""
        return self._tokens is not None and time.monotonic() > self._access_until_s

    async def _send(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        headers = {}
        if self._tokens is not None:
            headers["Authorization"] = f"Bearer {self._tokens.access_token}"
        try:
            return await self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise Unreachable(f"no answer from {self._http.base_url}: {error}") from None


def _page(path: str, cursor: str) -> str:
    return f"{path}?cursor={cursor}" if cursor else path


def _refusal(response: httpx.Response) -> RequestRefused:
    """Read problem details (RFC 9457); anything else is told as it is."""
    try:
        problem = response.json()
        code = str(problem["type"]).rpartition("/")[2]
        parts = [problem.get("detail") or problem["title"]]
        parts += [f"{e['field']}: {e['message']}" for e in problem.get("errors", ())]
    except (ValueError, KeyError, TypeError):
        return RequestRefused(response.status_code, "http", response.text[:200])
    return RequestRefused(response.status_code, code, "; ".join(dict.fromkeys(parts)))

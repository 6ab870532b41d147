"""What the API's own description promises, tried by schemathesis on a running server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rehearsal_server.api.openapi import describe_api
from rehearsal_server.api.practice.analysis import AUDIO_FILES
from rehearsal_server.api.routes import OPERATIONS
from rehearsal_server.api.scripts.reading import SCRIPT_FILES
from rehearsal_server.config import Settings
from rehearsal_server.serving import make_server

ACCOUNT = {"email": "ann@example.org", "password": "a handbag, in a cloak-room"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# What would end the login that the other operations are tried with.
_ENDS_LOGINS = ("/v1/auth/logout", "/v1/auth/logout-everywhere", "/v1/auth/browser/logout")


@dataclass(frozen=True)
class Running:
    """A server in a thread of its own."""

    url: str
    token: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory: Path = tmp_path_factory.mktemp("server")
    server = make_server(Settings(data_dir=directory, rate_limits=False, use_flite=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serve = server.serve(sockets=[listener])
        thread = threading.Thread(target=asyncio.run, args=(serve,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield Running(url, _sign_in(url))
        finally:
            server.should_exit = True
            thread.join()


def _sign_in(url: str) -> str:
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
        http.post("/v1/auth/register", json=ACCOUNT).raise_for_status()
        tokens = http.post("/v1/auth/login", json=ACCOUNT).raise_for_status().json()
        body = {"text": "LANE: No, sir.\nALGERNON: I am sorry.\n"}
        bearer = {"authorization": f"Bearer {tokens['access_token']}"}
        http.post("/v1/scripts", json=body, headers=bearer).raise_for_status()
        return str(tokens["access_token"])


@schemathesis.serializer(*sorted({*SCRIPT_FILES.media_types, *AUDIO_FILES.media_types}))
def any_bytes(_context: Any, value: Any) -> bytes:
    """Send what was drawn as the bytes of a file, which may be anything."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


# The document that the server shows; a test in `test_openapi` compares them.
api = schemathesis.openapi.from_dict(describe_api(OPERATIONS)).exclude(path=list(_ENDS_LOGINS))


@api.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_the_server_keeps_to_its_description(case: Any, running: Running) -> None:
    headers = {"Authorization": f"Bearer {running.token}"}
    response = case.call(base_url=running.url, headers=headers, timeout=60)
    case.validate_response(response, checks=CHECKS)

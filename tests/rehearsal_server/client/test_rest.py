from __future__ import annotations

import pytest

from rehearsal_server.client import RehearsalClient
from rehearsal_server.client.errors import RequestRefused, Unreachable

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCRIPT = "ANN: Good evening.\n\nBOB: Is it?\n"


async def test_an_account(client: RehearsalClient) -> None:
    me = await client.me()
    assert (me.email, me.display_name) == ("kit@example.org", "Kit")


async def test_a_script_from_upload_to_deletion(client: RehearsalClient) -> None:
    uploaded = await client.upload_script(SCRIPT, title="Evening")
    assert uploaded.script.title == "Evening"
    assert [line.text for line in uploaded.script.lines] == ["Good evening.", "Is it?"]
    assert (await client.script(uploaded.id)).script == uploaded.script
    assert uploaded.id in [entry.id async for entry in client.scripts()]
    await client.delete_script(uploaded.id)
    with pytest.raises(RequestRefused, match="404 not_found"):
        await client.script(uploaded.id)


async def test_a_list_is_read_to_its_end(client: RehearsalClient) -> None:
    uploaded = {(await client.upload_script(SCRIPT)).id for _ in range(25)}
    listed = [entry.id async for entry in client.scripts()]
    assert uploaded <= set(listed)
    assert len(listed) == len(set(listed))


async def test_a_refusal_says_what_is_wrong(client: RehearsalClient) -> None:
    with pytest.raises(RequestRefused) as caught:
        await client.upload_script("")
    assert caught.value.status == 422
    assert "unreadable_script" in str(caught.value)


async def test_tokens_are_renewed(client: RehearsalClient) -> None:
    before = client.access_token
    await client.refresh()
    assert client.access_token != before
    await client.me()


async def test_an_outdated_token_is_renewed_by_itself(client: RehearsalClient) -> None:
    await client.me()
    tokens = client._tokens
    assert tokens is not None
    client._tokens = type(tokens)(
        access_token="outdated",
        expires_in=0,
        refresh_token=tokens.refresh_token,
        login_expires_at=tokens.login_expires_at,
    )
    client._access_until_s = 0.0
    assert (await client.me()).display_name == "Kit"


async def test_nobody_signed_in() -> None:
    async with RehearsalClient("http://127.0.0.1:1", trust_env=False) as nobody:
        with pytest.raises(RequestRefused, match="sign in first"):
            _ = nobody.access_token


async def test_nobody_answers() -> None:
    async with RehearsalClient("http://127.0.0.1:1", trust_env=False) as lost:
        with pytest.raises(Unreachable, match=r"no answer from http://127\.0\.0\.1:1"):
            await lost.login("a@example.org", "whatever it is")

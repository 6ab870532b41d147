from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from rehearsal_server.protocol.asyncapi import describe_socket
from rehearsal_server.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES
from tests.rehearsal_server.protocol.strategies import messages

SCHEMA = Path(__file__).parent / "asyncapi_schema" / "3.0.0.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return describe_socket()


def test_the_document_is_asyncapi(document: dict[str, Any]) -> None:
    jsonschema.validate(document, json.loads(SCHEMA.read_text("utf-8")))


def test_the_schema_refuses_what_is_not(document: dict[str, Any]) -> None:
    operations = {**document["operations"], "sing": {"action": "sing"}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            {**document, "operations": operations}, json.loads(SCHEMA.read_text("utf-8"))
        )


def test_every_message_is_in_it_on_its_side(document: dict[str, Any]) -> None:
    messages = document["components"]["messages"]
    assert {f"client_{tag}" for tag in CLIENT_MESSAGES} < set(messages)
    assert {f"server_{tag}" for tag in SERVER_MESSAGES} < set(messages)
    heard = {one["$ref"].rpartition("/")[2] for one in document["operations"]["hear"]["messages"]}
    assert heard == {f"client_{tag}" for tag in CLIENT_MESSAGES} | {"microphone"}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


@settings(max_examples=10)
@given(data=st.data())
@pytest.mark.parametrize("kind", [*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values()])
def test_whatever_is_encoded_fits_its_schema(kind: type[Struct], data: st.DataObject) -> None:
    message = data.draw(messages(kind))
    schema = {"$ref": f"#/components/schemas/{kind.__name__}", **describe_socket()}
    jsonschema.Draft202012Validator(schema).validate(json.loads(msgspec.json.encode(message)))


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)

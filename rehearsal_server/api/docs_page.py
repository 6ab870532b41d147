"""The API as a page to read, drawn from its OpenAPI document; no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from typing import Any

from rehearsal_server.api import problems
from rehearsal_server.api.problems import ProblemType

Schema = dict[str, Any]

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem }
h3 { margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #f4f4f4; padding: .6rem; overflow-x: auto }
.method { font-weight: bold }
:target { background: #fff3c4 }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def draw_page(document: Schema) -> str:
    """Draw the page of an OpenAPI document that `describe_api` made."""
    title = escape(f"{document['info']['title']} {document['info']['version']}")
    parts = [
        f"<h1>{title}</h1>",
        '<p>The same for machines: <a href="/openapi.json">openapi.json</a>. Errors are '
        'problem details (RFC 9457) of one of the <a href="#problems">kinds below</a>.</p>',
        *_operations(document["paths"]),
        "<h2>Data</h2>",
        *(_schema(name, schema) for name, schema in document["components"]["schemas"].items()),
        '<h2 id="problems">Problems</h2>',
        _table(("Status", "Code", "Meaning"), [_problem_row(kind) for kind in _problem_types()]),
    ]
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def _problem_types() -> list[ProblemType]:
    kinds = [kind for kind in vars(problems).values() if isinstance(kind, ProblemType)]
    return sorted(kinds, key=lambda kind: (kind.status, kind.code))


def _problem_row(kind: ProblemType) -> tuple[str, str, str]:
    code = escape(kind.code)
    return str(kind.status), f'<code id="{code}">{code}</code>', escape(kind.title)


def _operations(paths: Schema) -> list[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            drawn = _operation(method.upper(), path, operation)
            by_tag.setdefault(operation["tags"][0], []).append(drawn)
    return [f"<h2>{escape(tag)}</h2>{''.join(drawn)}" for tag, drawn in by_tag.items()]


def _operation(method: str, path: str, operation: Schema) -> str:
    parts = [
        f'<h3 id="{escape(operation["operationId"])}">{escape(operation["summary"])}</h3>',
        f'<p><code><span class="method">{method}</span> {escape(path)}</code>'
        f"{'' if 'security' in operation else ' (no token needed)'}</p>",
    ]
    if "parameters" in operation:
        rows = [_parameter_row(parameter) for parameter in operation["parameters"]]
        parts.append(_table(("Parameter", "In", "Type", ""), rows))
    if "requestBody" in operation:
        parts.append(_body(operation["requestBody"]["content"]))
    rows = [_response_row(status, one) for status, one in operation["responses"].items()]
    parts.append(_table(("Answer", "Content", ""), rows))
    return "".join(parts)


def _parameter_row(parameter: Schema) -> tuple[str, ...]:
    schema = parameter["schema"]
    what = parameter.get("description") or schema.get("description", "")
    return f"<code>{parameter['name']}</code>", parameter["in"], _type(schema), escape(what)


def _body(content: Schema) -> str:
    kinds = " or ".join(f"<code>{escape(kind)}</code>" for kind in content)
    body = content.get("application/json")
    if body is None:
        return f"<p>Body: a file, as {kinds}</p>"
    example = escape(json.dumps(body["example"], indent=2, ensure_ascii=False))
    return f"<p>Body: {_type(body['schema'])}, as {kinds}; for example</p><pre>{example}</pre>"


def _response_row(status: str, response: Schema) -> tuple[str, ...]:
    contents = [
        _type(content["schema"]) if content else f"a file, <code>{escape(kind)}</code>"
        for kind, content in response.get("content", {}).items()
    ]
    return status, ", ".join(contents), escape(response["description"])


def _schema(name: str, schema: Schema) -> str:
    required = schema.get("required", [])
    rows = [
        (
            f"<code>{escape(field)}</code>{'' if field in required else ' (optional)'}",
            _type(one),
            escape(one.get("description", "")),
        )
        for field, one in schema.get("properties", {}).items()
    ]
    described = escape(schema.get("description", ""))
    heading = f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{described}</p>'
    return heading + _table(("Field", "Type", ""), rows)


def _type(schema: Schema) -> str:
    """Name a type; those with a heading of their own are links to it."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("type", "anything")))


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"

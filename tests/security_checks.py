"""The security checks, which tests hold each, and the table that says so in the documentation.

A test names the checks it holds with ``@pytest.mark.check(7)``. After adding one, run
``python -m tests.security_checks``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from rehearsal_server.documentation import renew

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "rehearsal_server" / "docs" / "security.md"

CHECKS = {
    1: "TLS in front; HSTS over https [4.4.1]",
    2: "Exact Origin allow-list on the socket [4.4.2]",
    3: "Foreign, `null`, suffix and port look-alike origins get 403",
    4: "One-time socket tickets: >= 128 bits, <= 30 s, consumed atomically, not echoed [4.4.3-4]",
    5: "No credential in a URL or a log [14.2.1, 16.2.5]",
    6: "permessage-deflate refused",
    7: "Header deadline 10 s; connections per address capped",
    8: "`X-Forwarded-*` only from configured proxies [4.1.3]",
    9: "`start` or `resume` within 5 s; control message <= 4 KiB",
    10: "Token expiry closes 4401",
    11: "Logout closes the user's sockets within 1 s on one node, 5 s across nodes [7.4.1]",
    12: "Account deletion likewise [7.4.2]",
    13: "Every message authorised; another user's session looks absent [8.2.2]",
    14: "Message over 64 KiB: 1009",
    15: "Audio faster than 1.2 x real time or > 20 control messages/s: 4429",
    16: "A client that stops reading: queue <= 256 KiB, then 4408",
    17: "Liveness by application heartbeat, apart from WebSocket ping",
    18: "Strict decoding: depth, length, extension types, trailing bytes, unknown fields",
    19: "Messages out of order for the state: a clear error, nothing lost [2.3.1]",
    20: "Wrong rate, width, odd length, NaN",
    21: "Quotas on duration, bytes, sessions, disk [5.2.1]",
    22: "Upload: magic bytes, decoded size cap, entity-expansion-proof XML [5.2.2-3]",
    23: "Object names made by the server [5.3.2]",
    24: "argon2id >= 19 MiB, t=2, p=1, in a bounded pool",
    25: "Passwords: >= 8 characters, at least 128 accepted, no composition rules",
    26: "Common passwords refused",
    27: "Guessing throttled without locking the owner out",
    28: "No account enumeration, timing included",
    29: "A password change needs the current one and offers to end other sessions",
    30: "Algorithm pinned; `none`, key confusion, `jwk`/`jku` refused (RFC 8725)",
    31: "exp, nbf, aud, iss, typ checked; refresh is not access is not ticket",
    32: "Access <= 10 min; keys rotate by `kid`",
    33: "Refresh tokens opaque, stored hashed, rotated; reuse revokes the family (RFC 9700)",
    34: "Parallel refresh gives one successor",
    35: "Absolute expiry of a login",
    36: "Browser cookie `__Host-`, HttpOnly, SameSite, with CSRF defence",
    37: "Object-level authorisation over every route; mass assignment refused",
    38: "CORS, nosniff, no-store, CSP on the page",
    39: "Generic 500s, a request id, nothing internal",
    40: "Security events logged, log injection impossible",
    41: "Retention and erasure as configured; what is erased stays erased through a restore",
    42: "No default account, no debug route, an SBOM",
}


def held_by() -> dict[int, list[str]]:
    """Find the tests that name each check, as `file::test`, sorted."""
    found: dict[int, list[str]] = {number: [] for number in CHECKS}
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in _numbers(node):
                    found[number].append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def table() -> str:
    """Write number, requirement and tests of every check."""
    rows = ["| | Check | Tests |", "| --- | --- | --- |"]
    for number, tests in held_by().items():
        listed = "<br>".join(f"`{test}`" for test in tests)
        rows.append(f"| {number} | {CHECKS[number]} | {listed} |")
    return "\n".join(rows)


def _numbers(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[int]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.check":
            yield from (int(ast.literal_eval(argument)) for argument in decorator.args)


if __name__ == "__main__":
    PAGE.write_text(renew(PAGE.read_text("utf-8"), "checks", table()), "utf-8")

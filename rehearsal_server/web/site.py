"""Serves the page: no script but its own files, nothing from elsewhere, and cached for good.

The page asks for its parts under ``/web/<version>/``, where nothing ever changes; what has a
lasting address (the page itself, the client for other pages) is asked after each time by its ETag.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal_server.protocol.typescript import render as render_typescript
from rehearsal_server.scripts.bundled_script import bundled_text
from rehearsal_server.web.files import WebFile, WebFiles, read_web_files

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_PAGE_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
    "referrer-policy": "no-referrer",
}
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
# A browser takes these from the top only: a service worker governs what lies below its address.
_AT_THE_TOP = ("service-worker.js", "manifest.webmanifest")


def web_routes() -> list[Route]:
    """Make the routes of the page."""
    files = read_web_files()

    async def show_page(request: Request) -> Response:
        return _answer(request, files.by_path["index.html"], _ASK_EACH_TIME)

    async def show_file(request: Request) -> Response:
        version, _, name = request.path_params["path"].partition("/")
        if version == files.version:
            return _answer(request, _find(files, name), _FOR_GOOD)
        return _answer(request, _find(files, request.path_params["path"]), _ASK_EACH_TIME)

    async def show_top_file(request: Request) -> Response:
        return _answer(request, _find(files, request.url.path[1:]), _ASK_EACH_TIME)

    async def show_bundled_scene(_request: Request) -> Response:
        return Response(bundled_text(), media_type="text/plain")

    declarations = render_typescript()

    async def show_declarations(_request: Request) -> Response:
        return Response(declarations, media_type="text/plain")

    return [
        Route("/", show_page),
        *(Route(f"/{name}", show_top_file) for name in _AT_THE_TOP),
        Route("/web/scenes/last_train.fountain", show_bundled_scene),
        Route("/web/client/messages.d.ts", show_declarations),
        Route("/web/{path:path}", show_file),
    ]


def _find(files: WebFiles, name: str) -> WebFile:
    if name not in files.by_path:
        raise HTTPException(404)
    return files.by_path[name]


def _answer(request: Request, file: WebFile, caching: str) -> Response:
    headers = {"cache-control": caching, "etag": file.etag, "vary": "accept-encoding"}
    if file.media_type.startswith("text/html"):
        headers |= _PAGE_HEADERS
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    body = file.body
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = file.compressed
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers, media_type=file.media_type)

"""What an operator watches, as Prometheus reads it; no label ever holds an id or a text."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from rehearsal_server import __version__

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
_SESSION_BUCKETS_S = (5, 30, 60, 300, 900, 1800, 3600, 7200, 14_400)


class Metrics:
    """The figures of one server; each has a registry of its own, so that servers do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        Info("rehearsal_server", "Which server this is.", registry=self.registry).info(
            {"version": __version__}
        )
        self._requests = Histogram(
            "rehearsal_http_request_seconds",
            "Time to answer a request, by operation and status.",
            ("method", "path", "status"),
            buckets=_REQUEST_BUCKETS_S,
            registry=self.registry,
        )
        self._sockets = Gauge(
            "rehearsal_live_sockets", "Sockets that are open.", registry=self.registry
        )
        self._windows = Gauge(
            "rehearsal_emotion_windows_waiting",
            "Windows of speech that wait to be judged.",
            registry=self.registry,
        )
        self._refusals = Counter(
            "rehearsal_live_refusals",
            "Sockets refused before the upgrade, by HTTP status.",
            ("status",),
            registry=self.registry,
        )
        self._closes = Counter(
            "rehearsal_live_closes",
            "Sockets closed, by close code.",
            ("code",),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "rehearsal_live_seconds",
            "How long sockets were open.",
            buckets=_SESSION_BUCKETS_S,
            registry=self.registry,
        )

    def request_answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request; `path` is that of the operation, with its parameters' names."""
        self._requests.labels(method, path, str(status)).observe(seconds)

    def watch_sockets(self, count: Callable[[], int]) -> None:
        """Show what `count` says whenever somebody looks."""
        self._sockets.set_function(count)

    def watch_windows(self, count: Callable[[], int]) -> None:
        """Show how many windows of speech wait, whenever somebody looks."""
        self._windows.set_function(count)

    def socket_refused(self, status: int) -> None:
        """Count a socket that was not opened."""
        self._refusals.labels(str(status)).inc()

    def socket_closed(self, close_code: int, seconds: float) -> None:
        """Count a socket that is over."""
        self._closes.labels(str(close_code)).inc()
        self._seconds.observe(seconds)

    def render(self) -> bytes:
        """Write everything in Prometheus' text format."""
        return generate_latest(self.registry)

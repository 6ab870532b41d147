"""The application: the one file that wires the folders together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from dsp.bank import StreamBank
from rehearsal_server import __version__
from rehearsal_server.api.envelope import EXCEPTION_HANDLERS, middleware_for
from rehearsal_server.api.routes import api_routes
from rehearsal_server.api.services import Services, make_services
from rehearsal_server.config import NO_RECOGNISER, Settings
from rehearsal_server.learned_models import model_statuses, open_directions, open_models
from rehearsal_server.live.archive import DatabaseArchive
from rehearsal_server.live.doorkeeper import AccountDoorkeeper
from rehearsal_server.live.emotion import EmotionJudge, describe_for_emotion
from rehearsal_server.live.endpoint import LiveEndpoint
from rehearsal_server.live.engines import list_engines
from rehearsal_server.live.line_describer import LineDescriber
from rehearsal_server.live.pronouncing import open_pronouncing
from rehearsal_server.live.rehearsals import Rehearsals
from rehearsal_server.live.scheduler import StepScheduler
from rehearsal_server.live.services import DeliveryServices, LiveLimits, LiveServices
from rehearsal_server.live.speakers import Speakers
from rehearsal_server.live.word_following import open_word_following
from rehearsal_server.readiness import Probe
from rehearsal_server.transcripts.transcriber import Transcriber
from rehearsal_server.voices.cache import LayeredVoiceCache, MemoryVoiceCache
from rehearsal_server.voices.engine import VoiceEngine
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.flite.engine import FliteEngine
from rehearsal_server.voices.piper.engine import PiperEngine
from rehearsal_server.voices.speaker import Speaker
from rehearsal_server.voices.stored import StoredVoiceCache
from rehearsal_server.web.site import web_routes
from storage.database import Database
from storage.journal import JournalDirectory
from storage.tts_cache import TtsCacheRepository

log = logging.getLogger("rehearsal_server")

# About five minutes of speech: the lines of the scenes that are going on.
_VOICES_IN_MEMORY_BYTES = 16 * 2**20


def create_app(settings: Settings, limits: LiveLimits | None = None) -> Starlette:
    """Build the server for these settings; nothing runs until its lifespan begins.

    `limits` go before those that follow from the settings.

    Raises
    ------
    ValueError
        The kept signing key, or a file that a setting names, cannot be used; says what to do.
    """
    services = make_services(settings)
    live = _live_services(services, limits or _limits(settings))
    rehearsals = Rehearsals(live, JournalDirectory(settings.data_dir / "journal"))
    endpoint = LiveEndpoint(live, rehearsals)
    services.metrics.watch_sockets(lambda: endpoint.open_sockets)
    if live.delivery.judge is not None:
        judge = live.delivery.judge
        services.metrics.watch_windows(lambda: judge.waiting)
    services.probes["analysis"] = _analysis_probe(live.scheduler)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await services.open()
            stack.push_async_callback(services.close)
            stack.push_async_callback(live.describer.aclose)
            stack.push_async_callback(live.speaker.aclose)
            stack.push_async_callback(live.transcriber.aclose)
            if settings.recogniser_model is not None:
                # A model that can't be read is better noticed now than by the first actor.
                await live.transcriber.load()
            if live.delivery.judge is not None:
                stack.push_async_callback(live.delivery.judge.aclose)
            for engine in await list_engines(
                live.speaker, live.transcriber, live.models, live.words
            ):
                log.info("%s: %s", engine.name, engine.detail or "present")
            live.scheduler.start()
            stack.push_async_callback(live.scheduler.stop)
            if live.words.scheduler is not None:
                live.words.scheduler.start()
                stack.push_async_callback(live.words.scheduler.stop)
            await rehearsals.open()
            stack.push_async_callback(rehearsals.close)
            await endpoint.start()
            stack.push_async_callback(endpoint.stop)
            yield

    app = Starlette(
        routes=[*api_routes(services), WebSocketRoute("/v1/live", endpoint), *web_routes()],
        middleware=middleware_for(settings),
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )
    app.state.drain = endpoint.drain
    app.router.redirect_slashes = False  # an unknown path is a problem like any other
    return app


def _analysis_probe(scheduler: StepScheduler) -> Probe:
    async def probe() -> str:
        return "" if scheduler.is_running else "The analysis of live audio has stopped."

    return probe


def _make_speaker(settings: Settings, database: Database, espeak: EspeakEngine) -> Speaker:
    # Preferred first: an operator's own voice, then the more natural one, then the one that is
    # always there.
    flite = [FliteEngine()] if settings.use_flite else []
    engines: list[VoiceEngine] = [
        PiperEngine(settings.piper_voices, espeak=espeak),
        *flite,
        espeak,
    ]
    stored = TtsCacheRepository(database, capacity_bytes=settings.tts_cache_mib * 2**20)
    near = MemoryVoiceCache(capacity_bytes=_VOICES_IN_MEMORY_BYTES)
    return Speaker(engines, LayeredVoiceCache(near, StoredVoiceCache(stored)))


def _make_transcriber(settings: Settings) -> Transcriber:
    engine = None if settings.recogniser == NO_RECOGNISER else settings.recogniser
    return Transcriber(engine, settings.recogniser_model)


def _delivery_services(services: Services) -> DeliveryServices:
    models = open_models(services.settings)
    judge = EmotionJudge(models.emotion) if models.emotion else None
    return DeliveryServices(
        judge=judge,
        models=model_statuses(services.settings, models),
        speakers=Speakers(services.speakers, judge.card if judge else None),
        directions=open_directions(services.settings),
    )


def _limits(settings: Settings) -> LiveLimits:
    return LiveLimits(
        max_sessions=settings.max_sessions,
        max_sessions_per_account=settings.max_sessions_per_account,
        max_audio_speed=settings.max_audio_speed,
        resume_within_s=settings.resume_within_s,
    )


def _live_services(services: Services, limits: LiveLimits) -> LiveServices:
    settings = services.settings
    delivery = _delivery_services(services)
    espeak = EspeakEngine()
    return LiveServices(
        version=__version__,
        doorkeeper=AccountDoorkeeper(services),
        archive=DatabaseArchive(services.scripts, services.sessions),
        scheduler=StepScheduler(StreamBank(), describe_for_emotion if delivery.judge else None),
        speaker=_make_speaker(settings, services.database, espeak),
        describer=LineDescriber(),
        pronouncing=open_pronouncing(espeak),
        transcriber=_make_transcriber(settings),
        delivery=delivery,
        words=open_word_following(espeak),
        limits=limits,
        default_voice=settings.default_voice or None,
        allowed_origins=frozenset(settings.allowed_origins),
        observer=services.metrics,
    )

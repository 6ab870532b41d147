"""The server's settings: declared once, with their documentation; read once, at start.

Each field of `Settings` is the variable ``REHEARSAL_<NAME>`` in the environment or in ``.env``; the
environment goes first. An empty variable is the same as none.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from dotenv import dotenv_values

from models.recogniser.engines import ENGINES
from rehearsal_server.config_forms import (
    DATABASE_URL,
    DIRECTORY,
    FILE,
    FILES,
    KEYS,
    MODEL_FOLDER,
    NETWORKS,
    ORIGINS,
    SMTP_URL,
    TEXT,
    YES_NO,
    Form,
    choice,
    number,
    whole,
)
from rehearsal_server.signing_keys import SigningKey

PREFIX = "REHEARSAL_"
NO_RECOGNISER = "none"
DEFAULT_DATA_DIR = Path("rehearsal-data")
# Variables of the tests and benchmarks, which may be set beside those of a server.
NOT_SETTINGS = (
    "REHEARSAL_DATA",
    "REHEARSAL_SCREENSHOTS",
    "REHEARSAL_TEST_MYSQL",
    "REHEARSAL_TEST_POSTGRESQL",
)

Value = TypeVar("Value")


class SettingsError(ValueError):
    """Settings that cannot be used; the message names each variable and what it allows."""


def _setting(form: Form[Value], default: Value, doc: str, *, secret: bool = False) -> Value:
    metadata = {"form": form, "doc": doc, "secret": secret}
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set; the defaults serve one machine with nothing configured."""

    host: str = _setting(TEXT, "127.0.0.1", "Address to listen on; 0.0.0.0 for every one.")
    port: int = _setting(whole(0, 65535), 8000, "Port to listen on; 0 takes a free one.")
    data_dir: Path = _setting(  # noqa: RUF009 - it makes a field, as dataclasses.field does
        DIRECTORY, DEFAULT_DATA_DIR, "Where the database and the keys are kept."
    )
    database_url: str = _setting(
        DATABASE_URL,
        "",
        "The database; without it, a SQLite file in the data directory.",
        secret=True,
    )
    secret_keys: tuple[SigningKey, ...] = _setting(
        KEYS,
        (),
        "Keys that sign access tokens; without any, one is made and kept in the data directory.",
        secret=True,
    )
    access_token_minutes: int = _setting(
        whole(1, 10), 10, "How long an access token is valid; a login outlives it by refreshing."
    )
    refresh_days: int = _setting(
        whole(1, 365), 30, "How long a login lasts at most, however often it is refreshed."
    )
    ticket_s: int = _setting(
        whole(5, 30), 30, "Seconds in which a browser must open its socket with a ticket."
    )
    allowed_origins: tuple[str, ...] = _setting(
        ORIGINS, (), "Origins of web pages, other than the server's own, that may open a socket."
    )
    trusted_proxies: tuple[str, ...] = _setting(
        NETWORKS, (), "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    default_voice: str = _setting(
        TEXT, "", "Engine, voice or engine:voice of partners where a session asks for none."
    )
    piper_voices: tuple[Path, ...] = _setting(
        FILES, (), "Piper voice models (.onnx, each with its .onnx.json beside it)."
    )
    use_flite: bool = _setting(YES_NO, True, "Use flite where the system has it.")
    recogniser: str = _setting(
        choice(*ENGINES, NO_RECOGNISER),
        "pocketsphinx",
        "What transcribes free speech; all but pocketsphinx need a model and the extra "
        "`recognisers`.",
    )
    recogniser_model: Path | None = _setting(  # noqa: RUF009 - as above
        MODEL_FOLDER, None, "Folder of the recogniser's model."
    )
    use_emotion: bool = _setting(
        YES_NO, True, "Judge how lines come across; `no` saves its processor time."
    )
    emotion_model: Path | None = _setting(  # noqa: RUF009 - it makes a field
        FILE, None, "ONNX file (its card beside it) or card of an emotion model of your own."
    )
    directions: Path | None = _setting(  # noqa: RUF009 - it makes a field
        FILE, None, "Lexicon of stage directions (TOML) on top of the built-in one."
    )
    max_sessions: int = _setting(
        whole(1, 100_000), 100, "Live sessions at a time; more are refused at the door."
    )
    max_sessions_per_account: int = _setting(
        whole(1, 100_000), 10, "Live sessions at a time of one account."
    )
    max_connections_per_address: int = _setting(
        whole(1, 1_000_000), 400, "Open connections of one address; a school shares one."
    )
    max_audio_speed: float = _setting(
        number(1.0, 100.0), 1.2, "How much faster than real time audio may come."
    )
    resume_within_s: int = _setting(
        whole(1, 3600), 120, "Seconds in which a client whose socket broke may come back."
    )
    max_script_kib: int = _setting(whole(1, 9765), 8192, "Size of an uploaded script, in KiB.")
    max_recording_mib: int = _setting(
        whole(1, 1024), 64, "Size of an uploaded recording, in MiB; it lasts ten minutes at most."
    )
    max_scripts: int = _setting(whole(1, 1_000_000), 500, "Scripts that one account may keep.")
    tts_cache_mib: int = _setting(
        whole(0, 1_048_576), 256, "Size of the cache of spoken lines, in MiB."
    )
    rate_limits: bool = _setting(
        YES_NO, True, "Limit requests by address and account; `no` behind a gateway that does so."
    )
    smtp_url: str = _setting(
        SMTP_URL,
        "",
        "Mail server for password resets; without it, mail is shown on the server's terminal.",
        secret=True,
    )
    mail_from: str = _setting(TEXT, "rehearsal-server@localhost", "Sender of that mail.")
    metrics_token: str = _setting(
        TEXT,
        "",
        "Bearer token of whoever may read /metrics; without one there is none.",
        secret=True,
    )
    log_level: str = _setting(
        choice("debug", "info", "warning", "error"), "info", "From which severity on to log."
    )
    log_format: str = _setting(
        choice("text", "json"), "text", "Log lines for people, or one JSON object each."
    )

    def __post_init__(self) -> None:
        """Fill in what follows from other settings."""
        if not self.database_url:
            file = (self.data_dir / "rehearsal.db").absolute()
            object.__setattr__(self, "database_url", f"sqlite+aiosqlite:///{file}")


@dataclass(frozen=True, kw_only=True)
class SettingDoc:
    """One setting, for people."""

    variable: str
    default: str
    allowed: str
    doc: str


def variable_name(field_name: str) -> str:
    """Name of the environment variable behind a field of `Settings`."""
    return PREFIX + field_name.upper()


def load_settings(environment: Mapping[str, str], env_file: Path | None = None) -> Settings:
    """Read the settings.

    Parameters
    ----------
    environment : usually ``os.environ``.
    env_file : usually ``Path(".env")``; it need not exist.

    Raises
    ------
    SettingsError
        With every problem at once: unknown variables and values that are not allowed.
    """
    written = {**_read_env_file(env_file), **environment}
    ours = {name: text for name, text in written.items() if name.startswith(PREFIX) and text}
    values: dict[str, Any] = {}
    problems = _unknown(ours)
    for one in dataclasses.fields(Settings):
        if (text := ours.get(variable_name(one.name))) is not None:
            try:
                values[one.name] = one.metadata["form"].parse(text)
            except (ValueError, KeyError) as error:
                problems.append(_problem(one, text, error))
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def describe_settings() -> tuple[SettingDoc, ...]:
    """List every setting with its documentation, as declared."""
    return tuple(
        SettingDoc(
            variable=variable_name(one.name),
            default=_show(one.default),
            allowed=one.metadata["form"].allowed,
            doc=one.metadata["doc"],
        )
        for one in dataclasses.fields(Settings)
    )


def _read_env_file(path: Path | None) -> dict[str, str]:
    if path is None or not path.exists():
        return {}
    return {name: text for name, text in dotenv_values(path).items() if text is not None}


def _unknown(ours: Mapping[str, str]) -> list[str]:
    known = [variable_name(one.name) for one in dataclasses.fields(Settings)]
    problems = []
    for name in sorted(set(ours) - {*known, *NOT_SETTINGS}):
        near = difflib.get_close_matches(name, known, n=1)
        problems.append(f"{name} is no setting{f'; did you mean {near[0]}?' if near else '.'}")
    return problems


def _problem(one: dataclasses.Field[Any], text: str, error: Exception) -> str:
    """Say what is wrong; of a secret, only why, never what was written."""
    form, name = one.metadata["form"], variable_name(one.name)
    if one.metadata["secret"]:
        return f"{name} cannot be used: {error}. Allowed is {form.allowed}."
    return f"{name}={text!r} is not allowed. Allowed is {form.allowed}."


def _show(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "" if default in ((), None) else str(default)

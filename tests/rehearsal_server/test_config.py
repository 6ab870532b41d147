from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_server.config import Settings, SettingsError, describe_settings, load_settings
from rehearsal_server.signing_keys import SigningKey

SECRET = "0123456789abcdef0123456789abcdef"


def load(**variables: str) -> Settings:
    return load_settings({f"REHEARSAL_{name}": text for name, text in variables.items()})


def test_nothing_needs_to_be_set() -> None:
    assert load_settings({}) == Settings()


def test_every_setting_is_read_from_its_variable(tmp_path: Path) -> None:
    voice = tmp_path / "voice.onnx"
    voice.touch()
    written = {
        "HOST": "0.0.0.0",
        "PORT": "0",
        "DATA_DIR": "/srv/rehearsal",
        "DATABASE_URL": "postgresql+asyncpg://db/rehearsal",
        "SECRET_KEYS": f"new:{SECRET},old:{SECRET}x",
        "ACCESS_TOKEN_MINUTES": "5",
        "REFRESH_DAYS": "7",
        "TICKET_S": "10",
        "ALLOWED_ORIGINS": "https://a.example, http://b.example:8080",
        "TRUSTED_PROXIES": "10.0.0.0/8,::1",
        "DEFAULT_VOICE": "piper:alba",
        "PIPER_VOICES": str(voice),
        "USE_FLITE": "no",
        "RECOGNISER": "vosk",
        "RECOGNISER_MODEL": str(tmp_path),
        "USE_EMOTION": "no",
        "EMOTION_MODEL": str(voice),
        "DIRECTIONS": str(voice),
        "MAX_SESSIONS": "7",
        "MAX_SESSIONS_PER_ACCOUNT": "2",
        "MAX_CONNECTIONS_PER_ADDRESS": "50",
        "MAX_AUDIO_SPEED": "2.5",
        "RESUME_WITHIN_S": "60",
        "MAX_SCRIPT_KIB": "64",
        "MAX_RECORDING_MIB": "8",
        "MAX_SCRIPTS": "12",
        "TTS_CACHE_MIB": "0",
        "RATE_LIMITS": "no",
        "SMTP_URL": "smtps://me:hunter2@mail.example",
        "MAIL_FROM": "stage@example.org",
        "METRICS_TOKEN": "for the operator",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
    }
    assert {f"REHEARSAL_{name}" for name in written} == {d.variable for d in describe_settings()}
    assert load(**written) == Settings(
        host="0.0.0.0",
        port=0,
        data_dir=Path("/srv/rehearsal"),
        database_url="postgresql+asyncpg://db/rehearsal",
        secret_keys=(SigningKey("new", SECRET), SigningKey("old", f"{SECRET}x")),
        access_token_minutes=5,
        refresh_days=7,
        ticket_s=10,
        allowed_origins=("https://a.example", "http://b.example:8080"),
        trusted_proxies=("10.0.0.0/8", "::1/128"),
        default_voice="piper:alba",
        piper_voices=(voice,),
        use_flite=False,
        recogniser="vosk",
        recogniser_model=tmp_path,
        use_emotion=False,
        emotion_model=voice,
        directions=voice,
        max_sessions=7,
        max_sessions_per_account=2,
        max_connections_per_address=50,
        max_audio_speed=2.5,
        resume_within_s=60,
        max_script_kib=64,
        max_recording_mib=8,
        max_scripts=12,
        tts_cache_mib=0,
        rate_limits=False,
        smtp_url="smtps://me:hunter2@mail.example",
        mail_from="stage@example.org",
        metrics_token="for the operator",
        log_level="debug",
        log_format="json",
    )


def test_without_a_database_the_data_directory_holds_one() -> None:
    settings = load(DATA_DIR="/srv/rehearsal")
    assert settings.database_url == "sqlite+aiosqlite:////srv/rehearsal/rehearsal.db"


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("PORT", "99999", "a whole number from 0 to 65535"),
        ("MAX_AUDIO_SPEED", "0.5", "from 1"),
        ("MAX_AUDIO_SPEED", "nan", "from 1"),
        ("PORT", "http", "a whole number from 0 to 65535"),
        ("ACCESS_TOKEN_MINUTES", "11", "from 1 to 10"),
        ("TICKET_S", "31", "from 5 to 30"),
        ("USE_FLITE", "maybe", "yes or no"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("ALLOWED_ORIGINS", "https://a.example/path", "an origin such as"),
        ("ALLOWED_ORIGINS", "https://a.example:443", "an origin such as"),
        ("ALLOWED_ORIGINS", "null", "an origin such as"),
        ("ALLOWED_ORIGINS", "*", "an origin such as"),
        ("TRUSTED_PROXIES", "proxy.example", "an address or network"),
        ("PIPER_VOICES", "/no/such/voice.onnx", "an existing file"),
    ],
)
@pytest.mark.check(32)
def test_a_bad_value_is_named_with_what_is_allowed(name: str, text: str, allowed: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**{name: text})
    assert f"REHEARSAL_{name}={text!r}" in str(caught.value)
    assert allowed in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SECRET_KEYS", "k:hunter2"),
        ("DATABASE_URL", "postgres://me:hunter2@db/rehearsal"),
        ("SMTP_URL", "mailto:me:hunter2"),
    ],
)
def test_a_bad_secret_is_named_but_not_shown(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"REHEARSAL_{name} cannot be used") as caught:
        load(**{name: text})
    assert "hunter2" not in str(caught.value)


@pytest.mark.check(5)
def test_secrets_are_not_in_a_repr() -> None:
    settings = load(SECRET_KEYS=f"k:{SECRET}", DATABASE_URL="mysql+asyncmy://me:hunter2@db/r")
    assert SECRET not in repr(settings)
    assert "hunter2" not in repr(settings)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load(PORT="x", LOG_LEVEL="loud", PRT="8000")
    assert len(str(caught.value).splitlines()) == 3


def test_a_misspelt_variable_is_not_passed_over() -> None:
    with pytest.raises(SettingsError, match="REHEARSAL_PROT is no setting; did you mean"):
        load(PROT="8000")


def test_variables_of_the_tests_are_not_settings() -> None:
    assert load(DATA="/somewhere") == Settings()


def test_an_empty_variable_is_none() -> None:
    assert load(PORT="") == Settings()


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("REHEARSAL_PORT=1111\nREHEARSAL_HOST='::1'\nOTHER=x\n")
    settings = load_settings({"REHEARSAL_PORT": "2222"}, file)
    assert (settings.port, settings.host) == (2222, "::1")
    assert load_settings({}, tmp_path / "absent") == Settings()


def test_every_setting_is_documented() -> None:
    for doc in describe_settings():
        assert doc.doc.endswith("."), doc.variable
        assert doc.allowed, doc.variable

"""Is the configuration read as documented, and is every mistake in it told by name?"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core import checks, configuration
from core.configuration import ConfigurationError, all_settings, load
from core.rates import Rate

ROOT = Path(__file__).resolve().parents[2]
WriteFile = Callable[[Any], dict[str, str]]

# Every key of the forerunner's file and of the admin guide's examples.
FORERUNNERS_FILE: dict[str, Any] = {
    "sidPath": "/srv/C64Music",
    "audioCachePath": "/srv/audio",
    "tagsPath": "/srv/tags",
    "threads": 8,
    "classificationDepth": 100,
    "classifiedPath": "/srv/classified",
    "sidplayPath": "/usr/bin/sidplayfp",
    "maxRenderSec": 30,
    "maxClassifySec": 15,
    "introSkipSec": 15,
    "analysisSampleRate": 11025,
    "render": {
        "outputPath": "/srv/renders",
        "defaultFormats": ["wav", "m4a"],
        "preferredEngines": ["wasm", "sidplayfp-cli"],
        "defaultChip": "8580r5",
        "m4aBitrate": 256,
        "flacCompressionLevel": 5,
        "audioEncoder": {"implementation": "auto", "wasm": {"corePath": "core.wasm"}},
        "ultimate64": {
            "host": "ultimate64.local",
            "port": 64,
            "https": False,
            "username": "admin",
            "password": "${ULTIMATE64_PASSWORD}",
            "streamIp": "192.0.2.7",
            "capturePort": 11000,
            "sidType": "6581",
            "clockSpeed": "PAL",
            "filterCurve": "6581R3",
            "bufferSize": 2048,
            "packetLossThreshold": 0.01,
            "maxConcurrent": 1,
            "timeout": 300000,
        },
    },
    "availability": {
        "manifestPath": "/srv/streams.json",
        "assetRoot": "/srv/assets",
        "publicBaseUrl": "https://cdn.example.com/sidflow-assets",
    },
    "alerts": {
        "enabled": True,
        "webhookUrl": "https://hooks.example.com/1",
        "emailRecipients": ["ops@example.com", "devs@example.com"],
        "thresholds": {
            "maxSessionFailureRate": 0.1,
            "maxCacheAgeMs": 604800000,
            "maxJobStallMs": 3600000,
            "maxCpuPercent": 80,
            "maxMemoryPercent": 90,
        },
    },
    "jobs": {
        "maxConcurrent": 2,
        "maxConcurrentByType": {"fetch": 1, "classify": 2, "train": 1, "render": 4},
        "schedule": {"fetch": "0 2 * * *", "train": "0 3 * * 0", "classify": "0 4 * * 1-5"},
    },
}


@pytest.fixture
def written(tmp_path: Path) -> WriteFile:
    """Writes a configuration file and gives the environment that names it."""

    def write(document: Any) -> dict[str, str]:
        path = tmp_path / "sidflow.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return {"SIDFLOW_CONFIG": str(path)}

    return write


def test_defaults_need_no_file_and_no_environment(written: WriteFile) -> None:
    chosen = load(written({})).settings
    assert not chosen.production
    assert chosen.data_dir == ROOT / "data"
    assert chosen.play_rate is None


def test_every_key_of_the_forerunner_and_of_its_admin_guide_is_accepted(written: WriteFile) -> None:
    chosen = load({**written(FORERUNNERS_FILE), "ULTIMATE64_PASSWORD": "pässword"}).settings
    assert chosen.render.ultimate64.password is not None
    assert chosen.render.ultimate64.password.get_secret_value() == "pässword"
    assert chosen.jobs.schedule.classify == "0 4 * * 1-5"
    assert chosen.alerts.email_recipients == ["ops@example.com", "devs@example.com"]
    assert chosen.render.default_chip == "8580r5"


def test_the_environment_wins_over_the_file(written: WriteFile) -> None:
    environ = {**written({"threads": 2, "playRate": "9/s"}), "SIDFLOW_THREADS": "7"}
    chosen = load(environ).settings
    assert chosen.threads == 7
    assert chosen.play_rate == Rate(9, 1)


def test_nested_settings_and_lists_can_come_from_the_environment(written: WriteFile) -> None:
    environ = written({"render": {"m4aBitrate": 128}}) | {
        "SIDFLOW_RENDER__DEFAULT_FORMATS": "flac, wav",
        "SIDFLOW_TRUSTED_PROXIES": "10.0.0.0/8,::1",
        "DATABASE_URL": "postgres://db/sidflow",
    }
    chosen = load(environ).settings
    assert chosen.render.default_formats == ["flac", "wav"]
    assert chosen.render.m4a_bitrate == 128
    assert [str(network) for network in chosen.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert chosen.database_url is not None


def test_an_empty_variable_is_as_if_unset(written: WriteFile) -> None:
    chosen = load({**written({}), "SIDFLOW_PLAY_RATE": "", "REDIS_URL": ""}).settings
    assert chosen.play_rate is None
    assert chosen.redis_url is None


def test_relative_folders_are_below_the_project(written: WriteFile) -> None:
    assert load({**written({}), "SIDFLOW_DATA_DIR": "elsewhere"}).settings.data_dir == ROOT / "elsewhere"


@pytest.mark.parametrize(
    ("document", "environ", "words"),
    [
        ({"sidpath": "x"}, {}, "There is no setting sidpath. Did you mean sidPath?"),
        (
            {"render": {"m4aBitRate": 1}},
            {},
            "There is no setting render.m4aBitRate. Did you mean m4aBitrate?",
        ),
        ({"render": {"ultimate64": {"hots": "x"}}}, {}, "There is no setting render.ultimate64.hots."),
        ({"render": "fast"}, {}, "render is a section"),
        ({"sid_path": "x"}, {}, "There is no setting sid_path."),
        (
            {},
            {"SIDFLOW_PLAY_RATES": "1/s"},
            "There is no setting SIDFLOW_PLAY_RATES. Did you mean SIDFLOW_PLAY_RATE?",
        ),
        ({}, {"SIDFLOW_RENDER__M4A": "1"}, "There is no setting SIDFLOW_RENDER__M4A."),
        ({}, {"SIDFLOW_DATABASE_URL": "x"}, "There is no setting SIDFLOW_DATABASE_URL."),
        (
            {"sidPath": "${HVSC_HOME}/C64Music"},
            {},
            "sidPath wants ${HVSC_HOME}, and the environment has no HVSC_HOME.",
        ),
        ({"threads": -1}, {}, "threads (SIDFLOW_THREADS): "),
        ({}, {"SIDFLOW_THREADS": "many"}, "threads (SIDFLOW_THREADS): "),
        ({"playRate": "fast"}, {}, "'fast' is not a rate"),
        (
            {"render": {"defaultFormats": ["mp3"]}},
            {},
            "render.defaultFormats (SIDFLOW_RENDER__DEFAULT_FORMATS): ",
        ),
        ({}, {"SIDFLOW_TRUSTED_PROXIES": "my-proxy"}, "trustedProxies (SIDFLOW_TRUSTED_PROXIES): "),
        ("{", {}, "cannot be read as JSON"),
        ("[]", {}, "must hold one JSON object"),
        ({"production": True}, {}, "set SIDFLOW_SECRET_KEY"),
        ({"production": True, "secretKey": "x"}, {}, "set SIDFLOW_ALLOWED_HOSTS"),
        (
            {"production": True, "secretKey": "x", "allowedHosts": ["a"], "debug": True},
            {},
            "unset SIDFLOW_DEBUG",
        ),
    ],
)
def test_a_mistake_is_refused_by_name(
    written: WriteFile, document: Any, environ: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load({**written(document), **environ})
    assert words in str(refused.value)


def test_the_file_named_must_be_there() -> None:
    with pytest.raises(ConfigurationError, match=r"SIDFLOW_CONFIG names /nowhere\.json"):
        load({"SIDFLOW_CONFIG": "/nowhere.json"})


def test_a_variable_inside_a_list_is_replaced(written: WriteFile) -> None:
    environ = {**written({"alerts": {"emailRecipients": ["${WHO}@example.com"]}}), "WHO": "ada"}
    assert load(environ).settings.alerts.email_recipients == ["ada@example.com"]


def test_no_error_and_no_print_shows_a_secret(written: WriteFile) -> None:
    secret = "correct-horse"
    environ = {**written({"production": True}), "SIDFLOW_SECRET_KEY": secret, "SIDFLOW_THREADS": "many"}
    with pytest.raises(ConfigurationError) as refused:
        load(environ)
    assert secret not in str(refused.value)
    chosen = load({**written({}), "SIDFLOW_SECRET_KEY": secret}).settings
    assert secret not in repr(chosen) + str(chosen)


def test_settings_cannot_be_changed(written: WriteFile) -> None:
    chosen = load(written({})).settings
    with pytest.raises(ValidationError):
        setattr(chosen, "threads", 3)  # noqa: B010 - mypy already refuses the plain assignment
    with pytest.raises(ValidationError):
        setattr(chosen.render, "m4a_bitrate", 3)  # noqa: B010 - as above


def test_every_setting_says_what_it_means_and_has_a_name_of_its_own() -> None:
    settings = all_settings()
    assert len(settings) > 60
    assert all(setting.field.description for setting in settings)
    assert len({setting.variable for setting in settings}) == len(settings)
    assert len({setting.file_key for setting in settings}) == len(settings)


def test_a_setting_whose_feature_comes_later_is_told(
    written: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load(
        {
            **written({"jobs": {"schedule": {"train": "0 2 * * *"}}, "playRate": "1/s"}),
            "SIDFLOW_MODEL_PATH": "m",
        }
    )
    monkeypatch.setattr(configuration, "_loaded", lambda: loaded)
    found = checks.accepted_early()
    assert {message.id for message in found} == {"core.I001"}
    assert sorted(message.msg.split()[0] for message in found) == ["jobs.schedule.train", "modelPath"]


def test_two_names_for_one_thing_must_agree(written: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(written({"wavCachePath": "/a", "audioCachePath": "/b"}))
    monkeypatch.setattr(checks, "configuration", lambda: loaded.settings)
    assert [message.id for message in checks.one_name_each()] == ["core.E001"]


def _check_site(**environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "sidflow_site.settings", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_site_does_not_start_with_a_mistake_and_shows_no_stack() -> None:
    done = _check_site(SIDFLOW_PLAY_RATT="1/s")
    assert done.returncode == 1
    assert "SIDFLOW_PLAY_RATT" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_site_makes_a_secret_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert _check_site(SIDFLOW_DATA_DIR=str(data)).returncode == 0
    key = data / "secret-key"
    first = key.read_text(encoding="ascii")
    assert len(first) > 50
    assert key.stat().st_mode & 0o077 == 0
    assert _check_site(SIDFLOW_DATA_DIR=str(data)).returncode == 0
    assert key.read_text(encoding="ascii") == first
    assert [path.name for path in data.iterdir()] == ["secret-key"]

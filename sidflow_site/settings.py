"""What does Django need to know? Everything here follows from the typed settings in `core.settings_schema`."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF, WASM_UNSAFE_EVAL

from core.configuration import ConfigurationError, configuration
from sidflow_site.backups.swapping import finish as finish_restore
from sidflow_site.secret_key import secret_key

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    _chosen = configuration()
except ConfigurationError as error:
    sys.exit(f"SIDFlow cannot start, its configuration is wrong:\n{error}")

PRODUCTION = _chosen.production
DEBUG = _chosen.debug
DATA_DIR = _chosen.data_dir
DATA_DIR.mkdir(parents=True, exist_ok=True)
finish_restore(DATA_DIR)

SECRET_KEY = (
    _chosen.secret_key.get_secret_value() if _chosen.secret_key else secret_key(DATA_DIR / "secret-key")
)
ALLOWED_HOSTS = _chosen.allowed_hosts or ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "daphne",
    "sidflow_site.apps.SidflowAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_q",
    "channels",
    "csp",
    "core",
    "jobs",
    "hardware",
    "playback",
    "feedback",
    "models_registry",
    "sidflow_site.apps.SiteConfig",
]

# Everything above WhiteNoise also holds for static files: workers and WebAssembly need the isolation headers too.
MIDDLEWARE = [
    "core.request_id.RequestIdMiddleware",
    "core.client_address.ClientAddressMiddleware",
    "sidflow_site.security_headers.IsolationMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.plain_addresses.PlainAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "core.problems.DomainErrorMiddleware",
]

ROOT_URLCONF = "sidflow_site.urls"
ASGI_APPLICATION = "sidflow_site.asgi.application"
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "core.problems.csrf_failure"
AUTHENTICATION_BACKENDS = ["core.sign_in.CountedPasswords"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
# How long a session holds is its row's to say (core/sessions.py); the cookie lives as long as any may.
SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_AGE = round(_chosen.sign_in.longest_days * 24 * 3600)
# Session and CSRF cookies are for the same site only; a token in a cookie is never read by script.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _database() -> dict[str, Any]:
    """PostgreSQL or whatever DATABASE_URL names; else SQLite, set up so that several processes can write.

    IMMEDIATE takes the write lock at the start of a transaction, so a reader that becomes a writer waits for it
    instead of failing with "database is locked".
    """
    if _chosen.database_url:
        parsed = dj_database_url.parse(
            _chosen.database_url.get_secret_value(), conn_max_age=60, conn_health_checks=True
        )
        return dict(parsed)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "sidflow.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # A file, not memory: the tests meet the same locks as the site.
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
    }


DATABASES = {"default": _database()}

_redis = _chosen.redis_url.get_secret_value() if _chosen.redis_url else None
CACHES: dict[str, dict[str, Any]] = {
    # Answers that are made once for many.
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}
        if _redis
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    ),
    # Counts of what clients did, a few bytes each: room for many, and what is beyond is forgotten, the oldest first.
    "rates": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": _redis,
            "KEY_PREFIX": "rates",
        }
        if _redis
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "rates",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    ),
}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [_redis], "capacity": 1000}}
        if _redis
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

# A task is one slice of a job, a few seconds long: the time limit is generous, and `retry` is longer than it, so that
# a task that still runs is never started a second time.  jobs/checks.py refuses other ways.
Q_CLUSTER: dict[str, Any] = {
    "name": "sidflow",
    "workers": _chosen.worker_processes,
    "timeout": 300,
    "retry": 600,
    "bulk": 1,
    "queue_limit": 1,
    "ack_failures": True,
    "max_attempts": 1,
    "catch_up": False,
    "daemonize_workers": False,
    "label": "Background tasks",
    # Looking five times a second costs 0.8 % of a core; once a second, a slice waits half a second for the one before.
    **({"redis": _redis} if _redis else {"orm": "default", "poll": 0.2}),
}

# How often a web process writes down what was played (playback.rendering.play_counts); None: never.
PLAY_COUNTS_EVERY_S: float | None = 10

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# A CDN in front of us, or nothing. It fetches from here what lies below these paths, which anybody may keep for ever.
PUBLIC_BASE_URL = _chosen.availability.public_base_url or ""
PUBLIC_PATHS = ("/static/", "/sid/", "/asset/")
STATIC_URL = f"{PUBLIC_BASE_URL}/static/"
WHITENOISE_STATIC_PREFIX = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Names with Django's hash, and those of the chunks that esbuild has hashed and names to the browser itself.
WHITENOISE_IMMUTABLE_FILE_TEST = (
    r"\.[0-9a-f]{12}\.[a-z0-9]+$|/dist/(chunks|fonts)/[^/]+-[0-9A-Z]{8}\.[a-z0-9]+$"
)
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    *[
        "jpg",
        "jpeg",
        "png",
        "gif",
        "webp",
        "avif",
        "zip",
        "gz",
        "tgz",
        "bz2",
        "xz",
        "br",
        "zst",
        "woff",
        "woff2",
    ],
    *["mp3", "m4a", "flac", "ogg", "opus", "wav", "mp4", "webm", "sid"],
]

_cdn = ["{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_BASE_URL))] if PUBLIC_BASE_URL else []
# The browser may load only what this site and its CDN serve, run only their scripts, and compile WebAssembly. Workers
# come from this site only: browsers take them from nowhere else.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, WASM_UNSAFE_EVAL, *_cdn],
        "worker-src": [SELF],
        "connect-src": [SELF, *_cdn],
        "img-src": [SELF, *_cdn],
        "media-src": [SELF, "blob:", *_cdn],
        "style-src": [SELF, *_cdn],
        "font-src": [SELF, *_cdn],
        "manifest-src": [SELF, *_cdn],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
# Nothing to other sites; to ourselves, since browsers send a form of a page without it as if from nowhere, and that is refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600  # sent over https only
# ClientAddressMiddleware takes this header away unless a trusted proxy sent it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^api/health$"]  # asked from the machine itself, without a certificate
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# Whether other names below the same domain are https too, and whether browsers may carry the site in their preload
# lists, is for the domain's owner to promise, not for us: the proxy in front can send a stronger header.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # An endpoint that says nothing about it is for staff only.
    "DEFAULT_PERMISSION_CLASSES": ["core.permissions.IsStaff"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.problems.drf_exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SIDFlow",
    "DESCRIPTION": "Commodore 64 SID music: what there is, and how it is played.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": True,
    "ENUM_NAME_OVERRIDES": {"HealthStatus": "sidflow_site.health.STATUSES"},
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "core.request_id.RequestIdFilter"}},
    "formatters": {
        "json": {"()": "core.json_logs.JsonFormatter"},
        "plain": {"format": "{levelname} {name}: {message} {request_id}", "style": "{"},
    },
    "handlers": {
        "terminal": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "json" if PRODUCTION else "plain",
        },
    },
    "root": {"handlers": ["terminal"], "level": _chosen.log_level},
    # Replace the handlers that Django and django-q2 bring, so that a line is written once and in one form.
    "loggers": {
        "django": {"handlers": [], "level": _chosen.log_level, "propagate": True},
        "django.server": {"handlers": [], "level": _chosen.log_level, "propagate": True},
        # It tells of every slice of every job; the jobs' own rows and logs say that better.
        "django-q": {
            "handlers": [],
            "level": "WARNING" if _chosen.log_level == "INFO" else _chosen.log_level,
            "propagate": True,
        },
    },
}

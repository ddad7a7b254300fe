"""Which settings are there, of which type, with which default, and what does each one mean?

Names here are Python's; `.sidflow.json` writes them in camelCase and the environment as `SIDFLOW_` names.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.rates import Rate, parse_rate

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def _split_list(value: object) -> object:
    """Let a list be written as one text with commas, as environments do."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _read_rate(value: object) -> object:
    return parse_rate(value) if isinstance(value, str) else value


def _below_project(path: Path) -> Path:
    """A relative path is meant from the project's folder, whatever the current folder is."""
    return path if path.is_absolute() else PROJECT_ROOT / path


def _inner_location(text: str) -> str:
    """An address of nginx's own, as `/assets-inside/`."""
    if not re.fullmatch(r"/([A-Za-z0-9_-]+/)+", text):
        raise ValueError("write a location with slashes around it, like /assets-inside/")
    return text


def _web_address(text: str) -> str:
    """An http or https address with a host, without a slash at its end; nothing that a policy header could not hold."""
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or parts.username
    ):
        raise ValueError("write an address like https://cdn.example or https://cdn.example/sidflow")
    if re.search(r"[\s;,'\"\\<>]", text):
        raise ValueError("an address has no spaces, quotes, commas or semicolons")
    return text.rstrip("/")


FolderPath = Annotated[Path, AfterValidator(_below_project)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
InnerLocation = Annotated[str, AfterValidator(_inner_location)]
AddressList = Annotated[list[WebAddress], NoDecode, BeforeValidator(_split_list)]
TextList = Annotated[list[str], NoDecode, BeforeValidator(_split_list)]
NetworkList = Annotated[list[IPvAnyNetwork], NoDecode, BeforeValidator(_split_list)]
RateLimit = Annotated[Rate | None, NoDecode, BeforeValidator(_read_rate)]
EngineName = Literal["wasm", "sidplayfp-cli", "ultimate64"]
EngineList = Annotated[list[EngineName], NoDecode, BeforeValidator(_split_list)]
FormatList = Annotated[list[Literal["wav", "m4a", "flac", "hls"]], NoDecode, BeforeValidator(_split_list)]
Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Port = Annotated[int, Field(ge=1, le=65535)]


def now(default: Any, description: str, **limits: Any) -> Any:
    """Declare a setting that works today."""
    return Field(default=default, description=description, **limits)


def later(default: Any, description: str, feature: str, **limits: Any) -> Any:
    """Declare a setting that is accepted today and used once `feature` is there."""
    return Field(default=default, description=description, json_schema_extra={"later": feature}, **limits)


class Section(BaseModel):
    """A group of settings: frozen, and closed to names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class AudioEncoderWasm(Section):
    """The encoder that runs as WebAssembly."""

    core_path: str | None = later(None, "Path of the encoder's WebAssembly core.", "encoding in a browser")


class AudioEncoder(Section):
    """How rendered audio is encoded."""

    implementation: Literal["auto", "native", "wasm"] = later(
        "auto", "Which encoder to use; on the server it is always ffmpeg.", "encoding in a browser"
    )
    wasm: AudioEncoderWasm = AudioEncoderWasm()


class Ultimate64(Section):
    """A Commodore 64 Ultimate on the network."""

    host: str | None = later(None, "Name or address of the Ultimate 64; empty: there is none.", "Ultimate 64")
    port: Port | None = later(None, "Port of its REST interface; empty: the protocol's own.", "Ultimate 64")
    https: bool = later(False, "Reach its REST interface over https.", "Ultimate 64")
    username: str | None = later(None, "User name, where the device asks for one.", "Ultimate 64")
    password: SecretStr | None = later(
        None, "Network password; write `${VARIABLE}`, not the secret.", "Ultimate 64"
    )
    audio_port: Port | None = later(None, "The forerunner's name for `capturePort`.", "Ultimate 64")
    capture_port: Port = later(11000, "UDP port on which this machine receives its sound.", "Ultimate 64")
    stream_ip: str | None = later(
        None, "This machine's address as the device sees it; empty: found out.", "Ultimate 64"
    )
    sid_type: Literal["6581", "8580"] | None = later(
        None, "SID to use; empty: as the tune says.", "Ultimate 64"
    )
    clock_speed: Literal["PAL", "NTSC"] | None = later(
        None, "Clock to use; empty: as the tune says.", "Ultimate 64"
    )
    filter_curve: str | None = later(None, "Name of the emulated 6581's filter curve.", "Ultimate 64")
    buffer_size: int = later(2048, "Receive buffer in samples.", "Ultimate 64", gt=0)
    packet_loss_threshold: Share = later(
        0.01, "Share of lost packets at which a capture is refused.", "Ultimate 64"
    )
    max_concurrent: int = later(1, "Captures at the same time; a device plays one tune.", "Ultimate 64", gt=0)
    timeout: int = later(300_000, "Longest capture in milliseconds.", "Ultimate 64", gt=0)


class Render(Section):
    """How tunes are rendered to audio files."""

    output_path: FolderPath | None = now(
        None, "Folder of rendered files where `availability.assetRoot` names none."
    )
    default_formats: FormatList = now(["wav", "m4a", "flac"], "Formats to render when none is named.")
    preferred_engines: EngineList = now(
        ["wasm", "sidplayfp-cli", "ultimate64"],
        "Engines in order of preference, until staff choose another order on the page of caches; `wasm`, which on the server "
        "is the same engine as a program, is always the last resort.",
    )
    default_chip: Literal["6581", "8580r5"] = now("6581", "SID for tunes that name none.")
    m4a_bitrate: int = now(256, "Bit rate of M4A files in kbit/s.", gt=0, le=512)
    flac_compression_level: int = now(5, "FLAC's compression level.", ge=0, le=12)
    unknown_length_sec: float = now(
        180, "Seconds that are rendered of a song whose length nobody knows.", ge=1, le=3600
    )
    longest_sec: float = now(900, "Seconds at which a rendered song ends, however long it is.", ge=1, le=3600)
    cache_limit_mb: int | None = now(
        None,
        "Megabytes that rendered files may take; what was not used for longest goes first. Empty: no limit.",
        gt=0,
    )
    on_demand: bool = now(True, "Render a song that a listener asks for and that is not there yet.")
    on_demand_formats: FormatList = now(
        ["m4a"],
        "What is rendered so; HLS comes with M4A. Other formats are offered once staff rendered them.",
    )
    on_demand_rate: RateLimit = now(parse_rate("30/h"), "Songs rendered so for one client; empty: no limit.")
    on_demand_total_rate: RateLimit = now(
        parse_rate("240/h"), "Songs rendered so for all clients together; empty: no limit."
    )
    on_demand_waiting: int = now(8, "Songs that may wait for being rendered so; beyond, 503.", gt=0)
    allow_cli: bool = now(
        False, "Let listeners choose what the sidplayfp program makes of a tune, rendered on the server."
    )
    audio_encoder: AudioEncoder = AudioEncoder()
    ultimate64: Ultimate64 = Ultimate64()


class Availability(Section):
    """Where rendered files are listed and served from."""

    manifest_path: FolderPath | None = now(
        None, "File that lists rendered files; empty: `availability/streams.json` in the data folder."
    )
    asset_root: FolderPath | None = now(
        None, "Folder that rendered files lie in and are served from; empty: `rendered` in the data folder."
    )
    public_base_url: WebAddress | None = now(
        None,
        "Address of a CDN in front of this site, like `https://cdn.example`: pages then load assets and tunes from there.",
    )
    accel_location: InnerLocation | None = now(
        None,
        "Internal location of the nginx in front that has the asset folder, like `/assets-inside/`: nginx then sends the files.",
    )


class AlertThresholds(Section):
    """When an alert is sent."""

    max_session_failure_rate: Share = later(0.1, "Share of failed playback sessions.", "alerts")
    max_cache_age_ms: int = later(
        604_800_000, "Age of the oldest cached file in milliseconds.", "alerts", gt=0
    )
    max_job_stall_ms: int = later(
        3_600_000, "Time without progress of a job in milliseconds.", "alerts", gt=0
    )
    max_cpu_percent: Percent = later(80, "Processor use in percent.", "alerts")
    max_memory_percent: Percent = later(90, "Memory use in percent.", "alerts")


class Alerts(Section):
    """Who is told when something is wrong."""

    enabled: bool = later(False, "Send alerts.", "alerts")
    webhook_url: SecretStr | None = later(None, "Address that alerts are posted to.", "alerts")
    email_recipients: TextList = later([], "Who gets alerts by mail.", "alerts")
    thresholds: AlertThresholds = AlertThresholds()


class Hvsc(Section):
    """Where the High Voltage SID Collection is fetched from."""

    mirrors: AddressList = now(
        ["https://hvsc.brona.dk/HVSC"],
        "Folders with `HVSC_<N>-all-of-them.7z` and `HVSC_Update_<N>.7z`, in order of preference.",
    )
    version_url: WebAddress | None = now(
        "https://www.hvsc.c64.org/api/v1/version",
        "Says which release is the newest; where it does not answer, the mirrors' listings do.",
    )
    allow_http: bool = now(False, "Fetch without encryption, too.")
    allow_private_addresses: bool = now(
        False, "Fetch from this machine and from private networks, too: for a mirror of your own."
    )


class JobsByType(Section):
    """How many jobs of one type may run at the same time."""

    fetch: int = now(1, "Fetches of HVSC.", gt=0)
    classify: int = now(2, "Classifications.", gt=0)
    train: int = now(1, "Trainings.", gt=0)
    render: int = now(4, "Renderings.", gt=0)
    ondemand: int = now(1, "Renderings of songs that listeners wait for.", gt=0)


class JobSchedule(Section):
    """When jobs start by themselves, as cron expressions; initial values, changed in the admin afterwards."""

    fetch: str | None = now(None, "When to fetch HVSC, like `0 2 * * *`.")
    classify: str | None = now(None, "When to classify what is new.")
    train: str | None = later(None, "When to train.", "training")
    render: str | None = now(None, "When to render what is missing of all songs.")


class Jobs(Section):
    """How background jobs share the machine."""

    max_concurrent: int = now(2, "Jobs that may run at the same time.", gt=0)
    max_concurrent_by_type: JobsByType = JobsByType()
    keep_days: int | None = now(
        180, "Days after which a job that is over is forgotten, with its log; empty: never.", gt=0
    )
    schedule: JobSchedule = JobSchedule()


class SignIn(Section):
    """How often somebody may try to sign in, and how long it holds."""

    attempts: int = now(
        5, "Wrong tries for one name from one client (an IPv6 /64 is one), after which they wait.", gt=0
    )
    attempts_per_client: int = now(20, "Wrong tries from one client, whatever the names.", gt=0)
    window_minutes: int = now(15, "Minutes in which wrong tries are counted together.", gt=0)
    lock_minutes: int = now(15, "Minutes of waiting after too many wrong tries.", gt=0)
    idle_hours: float = now(12, "Hours without a request after which a session ends.", gt=0)
    longest_days: float = now(14, "Days after which a session ends, however busy.", gt=0)


class SidflowSettings(BaseSettings):
    """Every setting of the site, read once at start and never changed."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="SIDFLOW_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    # The site itself
    production: bool = now(
        False, "Run as a public site: https only, structured logs, and no guessed secrets or host names."
    )
    debug: bool = now(False, "Show developers' error pages; refused together with `production`.")
    data_dir: FolderPath = now(Path("data"), "Folder of everything that the site writes.")
    secret_key: SecretStr | None = now(
        None,
        "Key that signs sessions and play addresses; empty: generated into the data folder. Required in production.",
    )
    allowed_hosts: TextList = now(
        [],
        "Host names that the site answers to; empty: localhost and the address served. Required in production.",
    )
    trusted_proxies: NetworkList = now(
        [], "Addresses or networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."
    )
    play_rate: RateLimit = now(
        None, "Plays per client, like `120/min`; each track of a batch counts; empty: no limit."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = now(
        "INFO", "Least important log lines to write."
    )
    database_url: SecretStr | None = now(
        None,
        "Database as a URL, like `postgres://user:password@host/name`; empty: SQLite in the data folder.",
        validation_alias="DATABASE_URL",
    )
    redis_url: SecretStr | None = now(
        None,
        "Redis for channel layer, cache and task broker, like `redis://host:6379/0`; empty: in-process.",
        validation_alias="REDIS_URL",
    )
    worker_processes: int = now(1, "Processes of the background worker.", ge=1, le=64)
    sign_in: SignIn = SignIn()

    # Backups
    backup_folder: FolderPath | None = now(
        None, "Where `manage.py backup` writes; empty: `backups` in the data folder. Better on another disk."
    )
    backup_keep: int | None = now(
        None, "How many backups are kept in that folder, the newest; empty: all.", ge=1
    )
    backup_passphrase: SecretStr | None = now(
        None, "Encrypts backups; only from the environment, and kept where no backup is. Empty: plain."
    )

    # The collection and its analysis
    sid_path: FolderPath | None = now(
        None,
        "Folder that the HVSC is fetched into, as `C64Music`, or that is its root; empty: `hvsc` in the data folder.",
    )
    hvsc: Hvsc = Hvsc()
    audio_cache_path: FolderPath | None = now(
        None, "The forerunner's name for `render.outputPath`, used where that is empty."
    )
    wav_cache_path: FolderPath | None = now(None, "The forerunner's older name for `audioCachePath`.")
    tags_path: FolderPath | None = later(None, "Folder of hand-made tags.", "ratings")
    classified_path: FolderPath | None = later(None, "Folder of classification exports.", "classification")
    sidplay_path: FolderPath | None = now(None, "The sidplayfp program; empty: found by its name.")
    model_path: FolderPath | None = later(None, "Model to serve instead of the published one.", "training")
    threads: int = now(0, "Processes that analyse songs; 0: one for each core.", ge=0)
    classification_depth: int = now(
        3, "Folder depth at which ratings are gathered for `auto-tags.jsonl`.", gt=0
    )
    max_render_sec: float = now(30, "Longest rendering for analysis in seconds.", gt=0)
    max_classify_sec: float = now(15, "Seconds of each tune that are analysed.", gt=0)
    intro_skip_sec: float = now(15, "Seconds skipped before analysing, where the tune is long enough.", ge=0)
    analysis_sample_rate: int = now(11025, "Sample rate of analysis in Hz.", ge=8000, le=192_000)
    render: Render = Render()
    availability: Availability = Availability()
    alerts: Alerts = Alerts()
    jobs: Jobs = Jobs()

    @model_validator(mode="after")
    def _production_guesses_nothing(self) -> Self:
        """A public site is told its secret and its names, and shows nobody a stack trace."""
        if not self.production:
            return self
        if self.secret_key is None:
            raise ValueError("production needs a secret key: set SIDFLOW_SECRET_KEY")
        if not self.allowed_hosts:
            raise ValueError("production needs the site's host names: set SIDFLOW_ALLOWED_HOSTS")
        if self.debug:
            raise ValueError("debug shows visitors stack traces: unset SIDFLOW_DEBUG in production")
        return self

"""Which ways of rendering are there, what goes together, and what is nearest to what does not?

The administration guide's matrix as data, with our own engine as a program on the server.  Sentences and suggestions are made of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from playback.rendering.problems import InvalidMode, NoDevice
from playback.rendering.settings import Engine

FIELDS: Final = ("technology", "location", "time", "target")
_SUGGESTIONS: Final = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A line of the matrix.  `engine` None: it is not the server that does it."""

    location: str
    time: str
    technology: str
    targets: tuple[str, ...]
    use: str
    engine: Engine | None = None

    def values(self, field: str) -> tuple[str, ...]:
        return self.targets if field == "target" else (getattr(self, field),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """What somebody asks for; None: whatever fits."""

    location: str | None = None
    time: str | None = None
    technology: str | None = None
    target: str | None = None

    def given(self) -> Iterator[tuple[str, str]]:
        for field in FIELDS:
            value = getattr(self, field)
            if value is not None:
                yield field, value


_FILES: Final = ("wav", "flac", "m4a", "hls")
MATRIX: Final = (
    Way("client", "real-time", "wasm", ("live",), "live playback"),
    Way("client", "real-time", "hls", ("stream",), "streamed playback where a browser cannot emulate"),
    Way("server", "offline", "engine", _FILES, "batch rendering by the site's own engine", "wasm"),
    Way("server", "offline", "cli", _FILES, "batch rendering by sidplayfp", "sidplayfp-cli"),
    Way(
        "ultimate64",
        "real-time",
        "ultimate64",
        ("wav", "flac", "m4a"),
        "captures of a real SID",
        "ultimate64",
    ),
)
_NAMES: Final = {
    "wasm": "WASM",
    "hls": "HLS",
    "engine": "The site's own engine",
    "cli": "The command line player",
    "ultimate64": "An Ultimate 64",
    "client": "A client",
    "server": "The server",
}
_ONLY: Final = {
    "location": "only runs at: {}",
    "time": "only supports {} rendering",
    "target": "only gives {}",
    "technology": "only has {}",
}


def check(mode: Mode) -> list[Way]:
    """The ways that fit, in the matrix's order.  Raises InvalidMode with `details` and `suggestions`."""
    fitting = [way for way in MATRIX if _matches(way, mode) == len(list(mode.given()))]
    if fitting:
        return fitting
    raise refusal(mode, _why_not(mode))


def for_rendering(mode: Mode, order: Sequence[Engine]) -> list[Way]:
    """The ways by which the server makes files, the preferred engine's first.  Raises InvalidMode, NoDevice."""
    fitting = check(mode)
    ours = [way for way in fitting if way.engine]
    if not ours:
        what = _NAMES[fitting[0].technology]
        raise refusal(mode, f"{what} plays in the visitor's browser: there is nothing to render")
    files = [way for way in ours if way.engine != "ultimate64"]
    if not files:
        say = "Set render.ultimate64.host, or choose another technology."
        raise NoDevice(say, errors=[{"field": "technology", "message": say}])
    return sorted(files, key=lambda way: order.index(way.engine) if way.engine in order else len(order))


def _matches(way: Way, mode: Mode) -> int:
    return sum(value in way.values(field) for field, value in mode.given())


def _why_not(mode: Mode) -> str:
    """The first two fields that never stand in one line, technology before all others."""
    given = list(mode.given())
    for number, (field, value) in enumerate(given):
        lines = [way for way in MATRIX if value in way.values(field)]
        for other, wanted in given[number + 1 :]:
            allowed = list(dict.fromkeys(one for way in lines for one in way.values(other)))
            if wanted not in allowed:
                return f"{_NAMES.get(value, value)} {_ONLY[other].format(' or '.join(allowed))}"
    return "These never go together"


def refusal(mode: Mode, details: str) -> InvalidMode:
    """The problem, with the lines that are nearest to what was asked for."""
    near = sorted(MATRIX, key=lambda way: (-_nearness(way, mode), way.engine == "ultimate64"))
    suggestions = [
        f"Use {way.location}+{way.time}+{way.technology} for {way.use} ({', '.join(way.targets)})"
        for way in near[:_SUGGESTIONS]
    ]
    return InvalidMode(
        f"{details}.",
        details=details,
        suggestions=suggestions,
        errors=[{"field": "mode", "message": f"{details}. {'. '.join(suggestions)}."}],
    )


def _nearness(way: Way, mode: Mode) -> int:
    """What somebody wants to have counts twice: they chose a target before a way to it."""
    return _matches(way, mode) + (mode.target is not None and mode.target in way.targets)

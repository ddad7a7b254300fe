"""Which engine renders, in which order of preference, and can it at all on this machine?"""

from collections.abc import Sequence
from typing import Final

from core import audit
from core.configuration import configuration
from core.models import User
from core.problems import InvalidInput
from hardware import encoding, sidplayfp
from hardware.engine import EngineMissingError, library
from hardware.programs import ProgramMissingError
from playback.rendering.models import EngineOrder
from playback.rendering.settings import Engine

ALL: Final[tuple[Engine, ...]] = ("wasm", "sidplayfp-cli", "ultimate64")
# Needs nothing but what `make build` made.
ALWAYS: Final[Engine] = "wasm"


def engine_order() -> list[Engine]:
    """As staff want it, else as configured; the one that is always there is appended where it is not named."""
    chosen = EngineOrder.objects.values_list("engines", flat=True).first()
    named = configuration().render.preferred_engines if chosen is None else chosen
    order: list[Engine] = [engine for engine in dict.fromkeys(named) if engine in ALL]
    return order if ALWAYS in order else [*order, ALWAYS]


def has_override() -> bool:
    return EngineOrder.objects.exists()


def choose_order(engines: Sequence[str], *, actor: User | None) -> None:
    """From now on this order; none: as configured.  Raises InvalidInput."""
    wrong = [engine for engine in engines if engine not in ALL]
    if wrong:
        raise InvalidInput(f"There is no engine {wrong[0]}: there are {', '.join(ALL)}.")
    order = list(dict.fromkeys(engines))
    if order:
        EngineOrder.objects.update_or_create(pk=1, defaults={"engines": order})
    else:
        EngineOrder.objects.all().delete()
    audit.record("render.engines", actor=actor, details={"engines": order})


def obstacle(engine: Engine) -> str:
    """Why it cannot render here, in a sentence; empty where it can."""
    try:
        encoding.program()
        if engine == "sidplayfp-cli":
            sidplayfp.program(configuration().sidplay_path)
        elif engine == "wasm":
            library()
        else:
            return "No Ultimate 64 is configured."
    except (ProgramMissingError, EngineMissingError) as error:
        return str(error)
    return ""

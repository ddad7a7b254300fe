"""Which kinds of jobs are there?  Apps register theirs in their own `tasks.py`, which is found at start-up.

A kind's work is a generator function.  It gets a `Work`, does a step, and yields the checkpoint from which it could go on, as a
dict that JSON can hold; what it returns is the job's result.  It is begun anew from its last checkpoint whenever it must be.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.module_loading import autodiscover_modules
from pydantic import BaseModel, ConfigDict, ValidationError

from core.plain_text import plain
from core.problems import InvalidInput, NotFound

if TYPE_CHECKING:
    from jobs.work import Work

Checkpoint = dict[str, Any]
Steps = Generator[Checkpoint, None, dict[str, Any] | None]


class Parameters(BaseModel):
    """What a job is told.  A kind's own are a subclass; unknown ones are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    `atomic`: a step's effects in the database and its checkpoint are one transaction, so no effect is ever repeated; else
    the work must bear that its last step is done again.  `alone`: one at a time, whatever the limits say.
    """

    name: str
    title: str
    work: Callable[["Work"], Steps]
    parameters: type[Parameters] = Parameters
    atomic: bool = False
    alone: bool = False


class UnknownKind(NotFound):
    """No app has registered a kind of that name."""

    code = "job-kind-unknown"
    title = "There is no such kind of job"


_kinds: Final[dict[str, Kind]] = {}


def register(kind: Kind) -> None:
    """Makes the kind known; a second one of the same name is a mistake of ours."""
    if kind.name in _kinds:
        raise ValueError(f"two kinds of jobs are called {kind.name}")
    _kinds[kind.name] = kind


def find_kinds() -> None:
    """Imports every app's `tasks.py`."""
    autodiscover_modules("tasks")


def kind_named(name: str) -> Kind:
    """Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"There are {', '.join(sorted(_kinds)) or 'none'}.") from None


def title_of(name: str) -> str:
    """What a kind is called; one that this version does not have, by its name."""
    return _kinds[name].title if name in _kinds else name


def all_kinds() -> list[Kind]:
    """In order of their names."""
    return [_kinds[name] for name in sorted(_kinds)]


def checked(kind: Kind, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters as JSON holds them, defaults filled in.  Raises InvalidInput."""
    if plain(parameters) != parameters:
        raise InvalidInput("There is a character among the parameters that is no text.")
    try:
        return kind.parameters(**parameters).model_dump(mode="json")
    except ValidationError as error:
        errors = [{"field": ".".join(map(str, one["loc"])), "message": one["msg"]} for one in error.errors()]
        raise InvalidInput(errors=errors) from None
    except TypeError:
        raise InvalidInput("Parameters are names with values.") from None

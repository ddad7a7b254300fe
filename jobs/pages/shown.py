"""How is a job shown to people, in a table's line or on its own page?  The same words that frontend/staff writes over them."""

from dataclasses import dataclass
from typing import Any, Final

from jobs.kinds import title_of
from jobs.models import Job

State = Job.State

# What can be asked of a job in each state: verb and word.
_CONTROLS: Final = {
    State.PENDING: ("pause", "cancel"),
    State.RUNNING: ("pause", "cancel"),
    State.PAUSED: ("resume", "cancel"),
    State.STALLED: ("resume", "cancel"),
    State.FAILED: ("retry",),
    State.CANCELLED: ("retry",),
    State.COMPLETED: (),
}
WORDS: Final = {"pause": "Pause", "resume": "Go on", "cancel": "Cancel", "retry": "Try again"}


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job with the words around it."""

    job: Job

    @property
    def title(self) -> str:
        return title_of(self.job.kind)

    @property
    def controls(self) -> list[dict[str, Any]]:
        """Every control there is, those that cannot be used now hidden: script shows and hides them."""
        now = _CONTROLS[State(self.job.state)]
        return [{"verb": verb, "word": word, "is_offered": verb in now} for verb, word in WORDS.items()]

    @property
    def percent(self) -> float | None:
        percent: float | None = self.job.progress["percentComplete"]
        return percent

    @property
    def wish(self) -> str:
        """What is asked of it and has not happened yet."""
        return {"pause": "pausing…", "cancel": "cancelling…"}.get(self.job.wish, "")

    @property
    def problem(self) -> str:
        """Why it failed, in a sentence."""
        problem = self.job.problem or {}
        return str(problem.get("detail") or problem.get("title") or "")

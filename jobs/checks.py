"""Is django-q2 set up so that it never runs a task twice at once, and never runs what it should have dropped?

A task here is one slice of a job, a few seconds long.  The lease of the job's row keeps two from running it at once whatever
happens (`jobs.running`); these settings keep the messages from trying.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from jobs.running import LEASE, SLICE_S

# A slice ends at the first checkpoint behind its seconds: a long step may take many times as long.
_LEAST_TIMEOUT_S: Final = LEASE.total_seconds() + 10 * SLICE_S


@register(Tags.compatibility)
def queue_is_safe(**_options: Any) -> list[CheckMessage]:
    """jobs.E001 to jobs.E008."""
    return list(_findings(settings.Q_CLUSTER))


def _findings(chosen: dict[str, Any]) -> Iterator[CheckMessage]:
    timeout, retry = chosen.get("timeout"), chosen.get("retry", 60)
    if not timeout:
        yield Error(
            "Q_CLUSTER has no timeout: a slice that hangs holds its process for ever.",
            hint="Set timeout to some minutes.",
            id="jobs.E001",
        )
    elif timeout < _LEAST_TIMEOUT_S:
        yield Error(
            f"Q_CLUSTER's timeout of {timeout} s ends slices of jobs in the middle.",
            hint=f"A slice takes {SLICE_S:g} s and its last step may take longer: set timeout to {_LEAST_TIMEOUT_S:g} or more.",
            id="jobs.E002",
        )
    # Without a timeout a task may run for ever, so no retry is late enough.
    if not timeout or not retry or retry <= timeout:
        yield Error(
            f"Q_CLUSTER's retry ({retry} s) does not come after its timeout ({timeout} s): a task that still runs is "
            "started a second time.",
            hint="Set retry to more than timeout, for example to twice as much.",
            id="jobs.E003",
        )
    if chosen.get("catch_up", True):
        yield Error(
            "Q_CLUSTER's catch_up replays every run that was missed while nothing ran.",
            hint="Set catch_up to False.",
            id="jobs.E004",
        )
    yield from _prefetching(chosen)
    yield from _failing(chosen)


def _prefetching(chosen: dict[str, Any]) -> Iterator[CheckMessage]:
    """Messages that a worker has taken and not begun grow old in its own queue."""
    if chosen.get("bulk", 1) != 1 or chosen.get("queue_limit") != 1:
        yield Error(
            "Q_CLUSTER takes messages before anybody can begin them: their retry runs meanwhile, and other workers wait.",
            hint="Set bulk and queue_limit to 1.",
            id="jobs.E005",
        )


def _failing(chosen: dict[str, Any]) -> Iterator[CheckMessage]:
    """What became of a job stands in its row; its message has done its work when it was begun."""
    if not chosen.get("ack_failures"):
        yield Error(
            "Q_CLUSTER brings a message back whose task failed: django-q2 keeps on starting it.",
            hint="Set ack_failures to True; the job's own row brings it back.",
            id="jobs.E006",
        )
    if chosen.get("max_attempts", 0) != 1:
        yield Error(
            "Q_CLUSTER tries a failed task again: a job that may go on is brought back by its own row, from its checkpoint.",
            hint="Set max_attempts to 1.",
            id="jobs.E007",
        )
    if chosen.get("daemonize_workers", True):
        yield Error(
            "Q_CLUSTER's workers are daemons, which may have no processes of their own.",
            hint="Set daemonize_workers to False.",
            id="jobs.E008",
        )

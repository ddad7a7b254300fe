"""When is a cron expression next due?  In UTC, five fields; croniter knows the rules."""

from datetime import datetime

from croniter import CroniterBadDateError, croniter
from django.core.exceptions import ValidationError
from django.utils import timezone

_FIELDS = 5


def check_cron(text: str) -> None:
    """Raises ValidationError for what is no expression of five fields, or is never due."""
    if len(text.split()) != _FIELDS or not croniter.is_valid(text):
        raise ValidationError(
            f"“{text}” is no cron expression: write minute, hour, day, month and weekday, like “0 2 * * *”."
        )
    try:
        due_after(text, timezone.now())
    except CroniterBadDateError:
        raise ValidationError(f"“{text}” is never due.") from None


def due_after(text: str, moment: datetime) -> datetime:
    """The first time after the moment."""
    found: datetime = croniter(text, moment).get_next(datetime)
    return found

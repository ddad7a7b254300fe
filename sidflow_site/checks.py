"""What can be wrong with the site that no single app knows?"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from sidflow_site.backups.restoring import was_interrupted


@register(Tags.compatibility)
def restore_is_whole(**_options: Any) -> list[CheckMessage]:
    """site.E001: a restore was killed while PostgreSQL took the database in."""
    if not was_interrupted(Path(settings.DATA_DIR)):
        return []
    return [
        Error(
            "A restore was interrupted while it wrote the database.",
            hint="Run it again: manage.py restore --force FILE.",
            id="site.E001",
        )
    ]

"""How does SQLite's FTS5 keep and answer the search?

Rows' ids are the albums'. Without positions (`detail=column`) the index is a third of the size; nothing asks for phrases.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from playback.search.terms import Entry, Term, Wanted, Where


def write(entries: Sequence[Entry]) -> None:
    """Replaces what the index has of these albums."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM playback_search WHERE rowid = %s", [(entry.album_id,) for entry in entries]
        )
        cursor.executemany(
            "INSERT INTO playback_search (rowid, whole, names, rest) VALUES (%s, %s, %s, %s)",
            [
                (entry.album_id, " ".join(entry.whole), " ".join(entry.names), " ".join(entry.rest))
                for entry in entries
            ],
        )


def clear() -> None:
    """Empties the index."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM playback_search")


def matching(*wanted: Wanted) -> RawSQL:
    """Whether a SID file's album matches any of them, as a condition."""
    either = " OR ".join(f"({expression(one)})" for one in wanted)
    sql = (
        '"playback_sidfile"."album_id" IN (SELECT rowid FROM playback_search WHERE playback_search MATCH %s)'
    )
    return RawSQL(sql, [either], output_field=BooleanField())  # noqa: S611 - the words are a parameter


def expression(wanted: Wanted) -> str:
    """FTS5's text for it; words have only letters and digits, and quotes keep AND, OR, NOT and NEAR words."""
    groups = " AND ".join("(" + " OR ".join(map(_term, group)) + ")" for group in wanted.groups)
    return groups if wanted.where is Where.ANYWHERE else f"{{{wanted.where.value}}} : ({groups})"


def _term(term: Term) -> str:
    return f'"{term.word}"*' if term.is_prefix else f'"{term.word}"'

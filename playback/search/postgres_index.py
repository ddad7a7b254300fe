"""How do PostgreSQL's tsvector and its GIN index keep and answer the search?

The vectors are written as they are, weight A for the whole names, B for their words, C for the rest: PostgreSQL's own
parser, which splits names its own way, never sees the text.
"""

from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from playback.search.terms import Entry, Term, Wanted, Where

_WEIGHTS: Final = {Where.WHOLE: "A", Where.NAMES: "B", Where.ANYWHERE: ""}


def write(entries: Sequence[Entry]) -> None:
    """Replaces what the index has of these albums."""
    rows = [(entry.album_id, _vector(entry)) for entry in entries]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO playback_search (album_id, document) VALUES (%s, %s::tsvector) "
            "ON CONFLICT (album_id) DO UPDATE SET document = excluded.document",
            rows,
        )


def clear() -> None:
    """Empties the index."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM playback_search")


def matching(*wanted: Wanted) -> RawSQL:
    """Whether a SID file's album matches any of them, as a condition.

    The array is made first, by the index; as a subquery it would tempt the planner to walk a whole table in the answer's order.
    """
    either = " | ".join(f"({expression(one)})" for one in wanted)
    sql = (
        '"playback_sidfile"."album_id" = '
        "ANY(ARRAY(SELECT album_id FROM playback_search WHERE document @@ %s::tsquery))"
    )
    return RawSQL(sql, [either], output_field=BooleanField())  # noqa: S611 - the words are a parameter


def expression(wanted: Wanted) -> str:
    """The text of a tsquery; words have only letters and digits, so quotes suffice."""
    weight = _WEIGHTS[wanted.where]
    return " & ".join(
        "(" + " | ".join(_term(term, weight) for term in group) + ")" for group in wanted.groups
    )


def _term(term: Term, weight: str) -> str:
    mark = ("*" if term.is_prefix else "") + weight
    return f"'{term.word}':{mark}" if mark else f"'{term.word}'"


def _vector(entry: Entry) -> str:
    weights: dict[str, set[str]] = {}
    for letter, words in (("A", entry.whole), ("B", entry.names), ("C", entry.rest)):
        for word in words:
            weights.setdefault(word, set()).add(letter)
    # A position carries one weight: A stands at 1, B at 2, C at 3.
    return " ".join(
        f"'{word}':" + ",".join(f"{'ABC'.index(letter) + 1}{letter}" for letter in sorted(letters))
        for word, letters in weights.items()
    )

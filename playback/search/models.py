"""Which words does the catalogue have, so that a misspelt one finds the right one?

The index itself is a table that Django's models cannot describe (migration 0006 makes it): FTS5 on SQLite, tsvector on
PostgreSQL; `sqlite_index` and `postgres_index` are its only users.
"""

from django.db import models

from playback.search.words import LONGEST_WORD


class SearchWord(models.Model):
    """A word of five letters or more that some tune has, or had."""

    word = models.CharField(max_length=LONGEST_WORD, unique=True)

    def __str__(self) -> str:
        return self.word


class SearchVariant(models.Model):
    """The word, or the word without one of its letters (SymSpell's way: Wolf Garbe, 2012)."""

    variant = models.CharField(max_length=LONGEST_WORD, db_index=True)
    word = models.ForeignKey(SearchWord, on_delete=models.CASCADE, related_name="variants")

    def __str__(self) -> str:
        return self.variant

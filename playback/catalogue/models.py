"""Which rows say what music exists?

    Collection ─┬─ SidFile ── Album ─┬─ Track (a song of a tune; its public_id is for ever)
                └─ SidFile ── Album  └─ Track        Album ── Artist

Rows follow the disk and are never deleted by an import: a file that is gone is `missing_since`, a song that is gone lies
beyond its file's `songs`, and both keep their tracks' ids for ratings, playlists and browsers that hold them.
"""

import uuid
from dataclasses import dataclass
from typing import Self

from django.db import models
from django.db.models import F, Q

from playback.catalogue.paths import LONGEST_PATH
from playback.hvsc.release_year import FIRST_YEAR, LAST_YEAR
from playback.sidfile import FIRST_SID_ADDRESS, Chip, ChipModel, Clock, sentence_for


class Collection(models.Model):
    """A folder of music that was imported: the HVSC, or any other."""

    class Kind(models.TextChoices):
        HVSC = "hvsc", "High Voltage SID Collection"
        SIDS = "sids", "SID files"

    name = models.CharField(max_length=80, unique=True)
    # Where the files are on this server: for staff only, no answer of the site holds it.
    root = models.CharField(max_length=1024, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    version = models.CharField(max_length=40, blank=True, help_text="The HVSC's release number; else empty.")
    created_at = models.DateTimeField(auto_now_add=True)
    imported_at = models.DateTimeField(null=True, blank=True, help_text="When an import last ended.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="collection_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="collection_root_is_absolute", condition=Q(root__startswith="/")),
        ]

    def __str__(self) -> str:
        return self.name


class FolderNote(models.Model):
    """What STIL says about a whole folder, often about a musician or a group."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="folder_notes")
    path = models.CharField(max_length=LONGEST_PATH, help_text="Below the root, without a slash at its end.")
    text = models.TextField()

    class Meta:
        ordering = ["collection_id", "path"]
        constraints = [
            models.UniqueConstraint(name="folder_note_path_once", fields=["collection", "path"]),
            models.CheckConstraint(
                name="folder_note_path_is_relative",
                condition=~Q(path="") & ~Q(path__startswith="/") & ~Q(path__endswith="/"),
            ),
            models.CheckConstraint(name="folder_note_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.path


class Folder(models.Model):
    """A folder of a collection that has music somewhere below it; `counting` keeps these rows as the files are."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="folders")
    path = models.CharField(max_length=LONGEST_PATH, help_text="Below the root, without a slash at its end.")
    parent = models.CharField(max_length=LONGEST_PATH, blank=True, help_text="Its path; empty: the root.")
    tunes = models.PositiveIntegerField(help_text="In it and in all folders below it.")

    class Meta:
        ordering = ["collection_id", "path"]
        indexes = [models.Index(name="folder_parent", fields=["collection", "parent", "path"])]
        constraints = [
            models.UniqueConstraint(name="folder_path_once", fields=["collection", "path"]),
            models.CheckConstraint(name="folder_has_path", condition=~Q(path="")),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rsplit("/", 1)[-1]


class Artist(models.Model):
    """Who made it, by the name that the files give."""

    name = models.CharField(max_length=200, unique=True)
    tunes = models.PositiveIntegerField(default=0, help_text="How many are there now; `counting` keeps it.")

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(name="artist_has_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


class Album(models.Model):
    """What is listed as one thing: for SIDs one per file, later for audio one per release."""

    title = models.CharField(max_length=255)
    artist = models.ForeignKey(Artist, null=True, blank=True, on_delete=models.PROTECT, related_name="albums")
    released = models.CharField(
        max_length=64, blank=True, help_text="Year and publisher, as the file has them."
    )
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, db_index=True, help_text="Of `released`; empty: unknown."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="album_year_is_plausible",
                condition=Q(year=None) | Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SidFileQuerySet(models.QuerySet["SidFile"]):
    """Adjectives for SID files."""

    def present(self) -> Self:
        return self.filter(missing_since=None)

    def missing(self) -> Self:
        return self.exclude(missing_since=None)

    def broken(self) -> Self:
        return self.exclude(fault="")

    def playable(self) -> Self:
        """There, sound, and in no need of ROMs."""
        return self.present().filter(fault="", needs_basic=False)

    def in_order(self) -> Self:
        """By collection, then bytewise by path."""
        return self.order_by("collection_id", "path")


class SidFile(models.Model):
    """One .sid file below a collection's root and what its header says; blank header fields where it is broken.

    `path` sorts bytewise (the migration gives it collation C on PostgreSQL; SQLite has no other).
    """

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="sid_files")
    album = models.OneToOneField(Album, on_delete=models.PROTECT, related_name="sid_file")
    path = models.CharField(max_length=LONGEST_PATH)
    md5 = models.CharField(max_length=32, db_index=True)
    size_bytes = models.PositiveBigIntegerField()
    # When the disk last changed the file (its ctime, which no program sets back), as it was when we read it: a file of
    # the same size and stamp is not read again.  Null: read it, whatever it looks like.  A migration that adds a column
    # which only the file can fill sets all stamps to null.
    changed_ns = models.BigIntegerField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(
        max_length=32, blank=True, help_text="Why it cannot be played; empty where it can."
    )

    format = models.CharField(max_length=4, blank=True)
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    load_address = models.PositiveIntegerField(null=True, blank=True)
    init_address = models.PositiveIntegerField(null=True, blank=True)
    play_address = models.PositiveIntegerField(null=True, blank=True)
    songs = models.PositiveSmallIntegerField(default=1)
    start_song = models.PositiveSmallIntegerField(default=1)
    speed_bits = models.PositiveBigIntegerField(default=0)
    flags = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=32, blank=True)
    author = models.CharField(max_length=32, blank=True)
    released = models.CharField(max_length=32, blank=True)
    clock = models.CharField(max_length=8, default=Clock.UNKNOWN.value)
    # The chips in the header's order; empty where there is none.  The first one's address is always $D400.
    first_model = models.CharField(max_length=8, blank=True)
    second_model = models.CharField(max_length=8, blank=True)
    third_model = models.CharField(max_length=8, blank=True)
    second_address = models.PositiveIntegerField(null=True, blank=True)
    third_address = models.PositiveIntegerField(null=True, blank=True)
    sids = models.PositiveSmallIntegerField(default=0, help_text="How many chips that are; 0: broken.")
    needs_basic = models.BooleanField(default=False)
    needs_kernal = models.BooleanField(default=False)
    # What STIL.txt and BUGlist.txt say: {"song": number or null for the whole file, "field": "COMMENT", "text": ...}.
    notes = models.JSONField(default=list, blank=True)

    objects = SidFileQuerySet.as_manager()

    class Meta:
        indexes = [
            # The count of tunes stands on every page.
            models.Index(name="sid_file_present", fields=["collection"], condition=Q(missing_since=None)),
            # A play by path that names no collection.
            models.Index(name="sid_file_path", fields=["path"]),
        ]
        constraints = [
            models.UniqueConstraint(name="sid_file_path_once", fields=["collection", "path"]),
            models.CheckConstraint(
                name="sid_file_path_is_relative", condition=~Q(path="") & ~Q(path__startswith="/")
            ),
            models.CheckConstraint(
                name="sid_file_songs_in_range",
                condition=Q(songs__gte=1, songs__lte=256, start_song__gte=1, start_song__lte=F("songs")),
            ),
            models.CheckConstraint(
                name="sid_file_has_header_or_fault",
                condition=~Q(fault="", format="") & Q(format__in=["", "PSID", "RSID"]),
            ),
            models.CheckConstraint(
                name="sid_file_chip_has_address",
                condition=(
                    Q(second_model="", second_address=None) | (~Q(second_model="") & ~Q(second_address=None))
                )
                & (Q(third_model="", third_address=None) | (~Q(third_model="") & ~Q(third_address=None))),
            ),
            models.CheckConstraint(
                name="sid_file_chips_are_counted",
                condition=Q(sids=0, first_model="", second_model="", third_model="")
                | (Q(sids=1, second_model="", third_model="") & ~Q(first_model=""))
                | (Q(sids=2, third_model="") & ~Q(first_model="") & ~Q(second_model=""))
                | (Q(sids=2, second_model="") & ~Q(first_model="") & ~Q(third_model=""))
                | (Q(sids=3) & ~Q(first_model="") & ~Q(second_model="") & ~Q(third_model="")),
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The SIDs that the tune plays on; none for a broken file."""
        columns = (
            (self.first_model, FIRST_SID_ADDRESS),
            (self.second_model, self.second_address),
            (self.third_model, self.third_address),
        )
        return tuple(Chip(ChipModel(model), address) for model, address in columns if model and address)

    @property
    def obstacle(self) -> "Obstacle | None":
        """Why it cannot be played here, or None."""
        code = self.fault or ("needs_roms" if self.needs_basic else "")
        return Obstacle(code, sentence_for(code)) if code else None

    @property
    def needs_roms(self) -> list[str]:
        """Which ROMs a visitor must bring: of "basic" and "kernal"."""
        return ["basic"] * self.needs_basic + ["kernal"] * self.needs_kernal


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a tune does not play: a code for programs, a sentence for people."""

    code: str
    message: str


class TrackQuerySet(models.QuerySet["Track"]):
    """Adjectives for tracks."""

    def present(self) -> Self:
        """Whose file is there and has that song."""
        return self.filter(album__sid_file__missing_since=None, position__lte=F("album__sid_file__songs"))

    def playable(self) -> Self:
        return self.present().filter(album__sid_file__fault="", album__sid_file__needs_basic=False)

    def with_file(self) -> Self:
        """With all that an answer about them says, in the same query."""
        return self.select_related("album__artist", "album__sid_file__collection")

    def in_order(self) -> Self:
        """By collection, then bytewise by path, then by song."""
        return self.order_by("album__sid_file__collection_id", "album__sid_file__path", "position")


class Track(models.Model):
    """The playable thing: one song of a tune."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="tracks")
    position = models.PositiveSmallIntegerField(help_text="The song's number in its tune, from 1.")
    title = models.CharField(max_length=255, blank=True, help_text="Its own title; empty: the album's.")
    length_ms = models.PositiveIntegerField(null=True, blank=True, db_index=True, help_text="Empty: unknown.")

    objects = TrackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="track_position_once", fields=["album", "position"]),
            models.CheckConstraint(name="track_position_from_one", condition=Q(position__gte=1)),
            models.CheckConstraint(
                name="track_length_positive", condition=Q(length_ms=None) | Q(length_ms__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_title} #{self.position}"

    @property
    def display_title(self) -> str:
        return self.title or self.album.title

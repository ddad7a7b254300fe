"""How are the requests read and the answers described at /api/schema/?"""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from core.problems import CONTENT_TYPE as PROBLEM_TYPE
from core.problems import DomainError, InvalidInput, TooManyRequests, UnsupportedMedia, problem_document
from playback.catalogue.paths import LONGEST_PATH, PathError, canonical_path
from playback.delivery.problems import (
    BadCursor,
    BadSession,
    FileGone,
    RangeNotSatisfiable,
    RomNotFound,
    SessionExpired,
    SessionUnknown,
    SongOutOfRange,
    TrackNotFound,
)
from playback.hvsc.stil import FIELDS
from playback.sidfile import ChipModel, Clock

MOST_TRACKS_PER_PLAY = 100


class PlayRequest(serializers.Serializer[Any]):
    """Either `sidPath`, with a song's number and a collection's name where wanted, or `trackIds`."""

    sidPath = serializers.CharField(  # noqa: N815  the wire's own name
        required=False,
        max_length=LONGEST_PATH,
        trim_whitespace=False,
        help_text="Below the collection's root, with / between folders.",
    )
    song = serializers.IntegerField(
        required=False, min_value=1, max_value=256, help_text="Default: the tune's start song."
    )
    collection = serializers.CharField(
        required=False,
        max_length=80,
        trim_whitespace=False,
        help_text="Default: the first that has the path.",
    )
    trackIds = serializers.ListField(  # noqa: N815
        required=False, child=serializers.UUIDField(), min_length=1, max_length=MOST_TRACKS_PER_PLAY
    )

    def validate_sidPath(self, value: str) -> str:  # noqa: N802  DRF forms it of the field's name
        """The canonical form, or why there is none."""
        try:
            return canonical_path(value)
        except PathError as error:
            raise serializers.ValidationError(str(error)) from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one way of asking."""
        if ("sidPath" in attrs) == ("trackIds" in attrs):
            raise serializers.ValidationError("Send either sidPath or trackIds.")
        if "trackIds" in attrs and ("song" in attrs or "collection" in attrs):
            raise serializers.ValidationError("song and collection go with sidPath.")
        return attrs


class ChipDocument(serializers.Serializer[Any]):
    """One SID of a tune."""

    model = serializers.ChoiceField(choices=[model.value for model in ChipModel])
    address = serializers.IntegerField(help_text="Where it is on the C64's bus; 54272 is $D400.")


class ReasonDocument(serializers.Serializer[Any]):
    """Why a tune does not play."""

    code = serializers.CharField()
    message = serializers.CharField()


class NoteDocument(serializers.Serializer[Any]):
    """What STIL or the list of bugs says about a tune."""

    song = serializers.IntegerField(allow_null=True, help_text="Null: about the whole file.")
    field = serializers.ChoiceField(choices=list(FIELDS))
    text = serializers.CharField(allow_blank=True)


class TrackDocument(serializers.Serializer[Any]):
    """One song of a tune."""

    id = serializers.UUIDField(help_text="Stays the same when the file moves or is edited.")
    title = serializers.CharField()
    author = serializers.CharField(allow_blank=True)
    released = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField(allow_null=True, help_text="The first in `released`; null: unknown.")
    song = serializers.IntegerField(min_value=1)
    songs = serializers.IntegerField(min_value=1)
    chips = ChipDocument(many=True)
    clock = serializers.ChoiceField(choices=[clock.value for clock in Clock])
    lengthMs = serializers.IntegerField(allow_null=True, help_text="Null: unknown.")  # noqa: N815
    path = serializers.CharField(help_text="Below the collection's root.")
    collection = serializers.CharField()
    format = serializers.ChoiceField(choices=["PSID", "RSID", ""], help_text="Empty for a broken file.")
    needsRoms = serializers.ListField(child=serializers.ChoiceField(choices=["basic", "kernal"]))  # noqa: N815
    playable = serializers.BooleanField()
    reason = ReasonDocument(allow_null=True)
    notes = NoteDocument(many=True, help_text="About the file and all its songs.")


class SessionDocument(serializers.Serializer[Any]):
    """The right to fetch a track's bytes for fifteen minutes."""

    id = serializers.CharField()
    expiresAt = serializers.DateTimeField()  # noqa: N815
    sidUrl = serializers.CharField()  # noqa: N815
    romUrls = serializers.DictField(child=serializers.CharField())  # noqa: N815
    streamUrls = serializers.DictField(  # noqa: N815
        child=serializers.CharField(),
        help_text=(
            "Audio made by the server, by `m4a`, `flac`, `wav`, and `cli` for the sidplayfp program's sound; "
            "only what is there or is made on request."
        ),
    )
    fallbackHlsUrl = serializers.CharField(  # noqa: N815
        allow_null=True, help_text="An HLS playlist; null: there is none."
    )


class PlayDocument(serializers.Serializer[Any]):
    """A track and the session that plays it."""

    track = TrackDocument()
    session = SessionDocument()


class PlaysDocument(serializers.Serializer[Any]):
    """Several, in the order asked for; `missing` are the ids that there are no tracks of any more."""

    items = PlayDocument(many=True)
    missing = serializers.ListField(child=serializers.UUIDField())


class TracksRequest(serializers.Serializer[Any]):
    """A page of the list."""

    cursor = serializers.CharField(required=False, help_text="The nextCursor of the page before.")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class TracksDocument(serializers.Serializer[Any]):
    """Tracks by collection, path (bytewise) and song."""

    items = TrackDocument(many=True)
    nextCursor = serializers.CharField(allow_null=True)  # noqa: N815


class RatingsDocument(serializers.Serializer[Any]):
    """What a song is like, each from 1.00 to 5.00; the nearest whole number is the fifth of the collection that it is in."""

    e = serializers.FloatField(min_value=1, max_value=5, help_text="Energy: quiet to intense.")
    m = serializers.FloatField(min_value=1, max_value=5, help_text="Mood: dark to bright.")
    c = serializers.FloatField(min_value=1, max_value=5, help_text="Complexity: simple to dense.")


class BecauseDocument(serializers.Serializer[Any]):
    """Why, in words."""

    e = serializers.CharField()
    m = serializers.CharField()
    c = serializers.CharField()


class ExplainedRatingsDocument(RatingsDocument):
    """Ratings with their reasons; `provisional`: there were too few songs to compare it with."""

    provisional = serializers.BooleanField()
    because = BecauseDocument()


class SimilarRequest(serializers.Serializer[Any]):
    """How many."""

    limit = serializers.IntegerField(required=False, default=25, min_value=1, max_value=50)


class SimilarItemDocument(serializers.Serializer[Any]):
    """A song that sounds like the one asked about."""

    track = TrackDocument()
    likeness = serializers.FloatField(
        min_value=0, max_value=1, help_text="1: the same in all that is compared."
    )
    why = serializers.ListField(child=serializers.CharField(), help_text="What both have and few others.")
    ratings = RatingsDocument(allow_null=True)


class SimilarDocument(serializers.Serializer[Any]):
    """Nearest first; one song a file, and at most three of an author while there are others.  `reason` says why there is none."""

    items = SimilarItemDocument(many=True)
    reason = ReasonDocument(
        allow_null=True,
        help_text="Codes: not-calibrated, not-analysed, analysis-failed, no-others.",
    )
    ratings = ExplainedRatingsDocument(allow_null=True, help_text="Of the song asked about.")


class RomDocument(serializers.Serializer[Any]):
    """What proves a ROM."""

    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    sizeBytes = serializers.IntegerField()  # noqa: N815


class RomBundleDocument(serializers.Serializer[Any]):
    """ROMs that belong together, by kind: basic, kernal and perhaps chargen."""

    id = serializers.CharField()
    name = serializers.CharField()
    roms = serializers.DictField(child=RomDocument())


class RomManifestDocument(serializers.Serializer[Any]):
    """The bundles that browsers may use; at most one."""

    bundles = RomBundleDocument(many=True)


TRACK_EXAMPLE: dict[str, Any] = {
    "id": "0b3f2a54-6f0e-4f0b-9a53-0d2f0a3c7e11",
    "title": "Night Train",
    "author": "Ada Example",
    "released": "1988 Example Soft",
    "year": 1988,
    "song": 2,
    "songs": 5,
    "chips": [{"model": "6581", "address": 54272}],
    "clock": "PAL",
    "lengthMs": 187500,
    "path": "MUSICIANS/E/Example_Ada/Night_Train.sid",
    "collection": "HVSC",
    "format": "PSID",
    "needsRoms": [],
    "playable": True,
    "reason": None,
    "notes": [{"song": 2, "field": "COMMENT", "text": "Written on the night train."}],
}
SESSION_EXAMPLE: dict[str, Any] = {
    "id": "WzEsIkN6OHFWRzhPVHd1YVV3MHZDangtRVEiXQ:c2lnbmF0dXJl",
    "expiresAt": "2026-11-21T01:15:00Z",
    "sidUrl": "/api/playback/WzEsIkN6OHFWRzhPVHd1YVV3MHZDangtRVEiXQ:c2lnbmF0dXJl/sid",
    "romUrls": {},
    "streamUrls": {"m4a": "/api/playback/WzEsIkN6OHFWRzhPVHd1YVV3MHZDangtRVEiXQ:c2lnbmF0dXJl/stream.m4a"},
    "fallbackHlsUrl": "/api/playback/WzEsIkN6OHFWRzhPVHd1YVV3MHZDangtRVEiXQ:c2lnbmF0dXJl/hls/index.m3u8",
}
BY_PATH = OpenApiExample(
    "one song by its path",
    value={"sidPath": "MUSICIANS/E/Example_Ada/Night_Train.sid", "song": 2},
    request_only=True,
)
BY_IDS = OpenApiExample(
    "several tracks by their ids",
    value={"trackIds": ["0b3f2a54-6f0e-4f0b-9a53-0d2f0a3c7e11"]},
    request_only=True,
)
PLAY = OpenApiExample(
    "one song",
    value={"track": TRACK_EXAMPLE, "session": SESSION_EXAMPLE},
    response_only=True,
    status_codes=["200"],
)
PLAYS = OpenApiExample(
    "several tracks",
    value={"items": [{"track": TRACK_EXAMPLE, "session": SESSION_EXAMPLE}], "missing": []},
    response_only=True,
    status_codes=["200"],
)
TRACKS = OpenApiExample("a page", value={"items": [TRACK_EXAMPLE], "nextCursor": None}, response_only=True)
RATINGS_EXAMPLE: dict[str, Any] = {"e": 4.31, "m": 2.08, "c": 3.4}
SIMILAR = OpenApiExample(
    "songs that sound like it",
    value={
        "items": [
            {
                "track": TRACK_EXAMPLE,
                "likeness": 0.8714,
                "why": ["many arpeggios", "a fast beat"],
                "ratings": RATINGS_EXAMPLE,
            }
        ],
        "reason": None,
        "ratings": {
            **RATINGS_EXAMPLE,
            "provisional": False,
            "because": {
                "e": "energetic because of many notes a second (9.1, more than 87 % of songs)",
                "m": "rather dark because of low notes (less than 81 % of songs)",
                "c": "neither simple nor dense",
            },
        },
    },
    response_only=True,
    status_codes=["200"],
)
NOT_ANALYSED = OpenApiExample(
    "not analysed yet",
    value={
        "items": [],
        "reason": {"code": "not-analysed", "message": "This song was not analysed yet."},
        "ratings": None,
    },
    response_only=True,
    status_codes=["200"],
)
ROM_MANIFEST = OpenApiExample(
    "one bundle",
    value={
        "bundles": [
            {
                "id": "1",
                "name": "Our own KERNAL and BASIC",
                "roms": {
                    "basic": {"sha256": "5a" * 32, "sizeBytes": 8192},
                    "kernal": {"sha256": "c3" * 32, "sizeBytes": 8192},
                },
            }
        ]
    },
    response_only=True,
)


def problem_example(error: DomainError) -> OpenApiExample:
    """The error as an answer of its status."""
    return OpenApiExample(
        error.code,
        value=problem_document(error),
        response_only=True,
        status_codes=[str(int(error.status))],
        media_type=PROBLEM_TYPE,
    )


INVALID = problem_example(InvalidInput(errors=[{"field": "song", "message": "A valid integer is required."}]))
PLAY_PROBLEMS = [
    INVALID,
    problem_example(TrackNotFound("No collection here has a file at this path.")),
    problem_example(SongOutOfRange("Its songs are 1 to 5.", songs=5)),
    problem_example(UnsupportedMedia('Unsupported media type "text/plain" in request.')),
    problem_example(TooManyRequests(retry_after_s=12)),
]
SESSION_PROBLEMS = [
    problem_example(BadSession()),
    problem_example(SessionUnknown()),
    problem_example(SessionExpired("Ask /api/play for a new one.")),
    problem_example(RangeNotSatisfiable(size=4096)),
]
SID_PROBLEMS = [
    *SESSION_PROBLEMS,
    problem_example(
        FileGone("GAMES/A-F/Gone.sid cannot be read at the moment; the list will show it when it is back.")
    ),
]
ROM_PROBLEMS = [*SESSION_PROBLEMS, problem_example(RomNotFound("The session's tune needs no ROMs."))]
CONTENT_PROBLEMS = [
    problem_example(DomainError("An address holds no NUL character.")),
    problem_example(TrackNotFound()),
    problem_example(RangeNotSatisfiable(size=4096)),
]
SIMILAR_PROBLEMS = [INVALID, problem_example(TrackNotFound())]
LIST_PROBLEMS = [INVALID, problem_example(BadCursor())]

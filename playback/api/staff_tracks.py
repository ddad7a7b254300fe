"""What exactly is a track: which file, which bytes, where in memory?  For staff."""

import uuid
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.problem_schema import ProblemDocument
from playback.catalogue.models import Track
from playback.delivery.problems import TrackNotFound

_PROBLEM = "application/problem+json"


class TrackIdentityDocument(serializers.Serializer[Any]):
    """A track's file; addresses are of the C64's memory, null in a broken file."""

    id = serializers.CharField()
    song = serializers.IntegerField()
    collection = serializers.CharField()
    path = serializers.CharField()
    md5 = serializers.CharField()
    sizeBytes = serializers.IntegerField()  # noqa: N815  the wire's own names
    format = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(allow_null=True)
    loadAddress = serializers.IntegerField(allow_null=True)  # noqa: N815
    initAddress = serializers.IntegerField(allow_null=True)  # noqa: N815
    playAddress = serializers.IntegerField(allow_null=True)  # noqa: N815
    speedBits = serializers.IntegerField()  # noqa: N815
    clock = serializers.CharField()
    chips = serializers.ListField(child=serializers.CharField())
    fault = serializers.CharField(allow_blank=True)
    missingSince = serializers.DateTimeField(allow_null=True)  # noqa: N815
    lengthMs = serializers.IntegerField(allow_null=True)  # noqa: N815
    rowUrl = serializers.CharField()  # noqa: N815


class StaffTrackView(APIView):
    """One track."""

    @extend_schema(
        operation_id="track_identity",
        summary="What a track is, for staff",
        responses={
            200: TrackIdentityDocument,
            **{(status, _PROBLEM): ProblemDocument for status in (401, 403, 404)},
        },
        tags=["tracks"],
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """What a track is."""
        del request
        track = (
            Track.objects.select_related("album__sid_file__collection").filter(public_id=public_id).first()
        )
        if track is None:
            raise TrackNotFound
        file = track.album.sid_file
        return Response(
            {
                "id": str(track.public_id),
                "song": track.position,
                "collection": file.collection.name,
                "path": file.path,
                "md5": file.md5,
                "sizeBytes": file.size_bytes,
                "format": file.format,
                "version": file.version,
                "loadAddress": file.load_address,
                "initAddress": file.init_address,
                "playAddress": file.play_address,
                "speedBits": file.speed_bits,
                "clock": file.clock,
                "chips": [f"{chip.model.value} at ${chip.address:04X}" for chip in file.chips],
                "fault": file.fault,
                "missingSince": file.missing_since,
                "lengthMs": track.length_ms,
                "rowUrl": reverse("admin:playback_sidfile_change", args=[file.pk]),
            }
        )

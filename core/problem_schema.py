"""How is a problem document described at /api/schema/?"""

from typing import Any

from rest_framework import serializers


class ProblemDocument(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(required=False)

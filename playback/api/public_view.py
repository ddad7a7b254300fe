"""What have the public endpoints in common, and how do they read a session's token?

All are for everybody and write nothing, on the server's disk or in its database: so there is no cookie to protect, they
look at none (`authentication_classes = []`), and a CSRF token would guard nothing.  What a visitor gets is what the page
shows to all.
"""

from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from core.one_form import OneForm
from playback.api.parsing import SmallJSONParser
from playback.catalogue.models import Track
from playback.delivery.problems import BadSession, SessionExpired, SessionUnknown
from playback.delivery.sessions import (
    ExpiredSessionError,
    MalformedSessionError,
    Session,
    UnknownSessionError,
    read_session,
)


class PublicView(APIView):
    """An endpoint for everybody."""

    authentication_classes = []
    permission_classes = [AllowAny]
    content_negotiation_class = OneForm
    parser_classes = [SmallJSONParser]
    renderer_classes = [JSONRenderer]


def track_of_session(token: str) -> Track:
    """The track that a session plays, with its file: one query.  Raises BadSession, SessionExpired or SessionUnknown."""
    track = Track.objects.with_file().filter(public_id=_session(token).track).first()
    if track is None:
        raise SessionUnknown("Its track is not in the catalogue.")
    return track


def _session(token: str) -> Session:
    try:
        return read_session(token)
    except MalformedSessionError:
        raise BadSession from None
    except UnknownSessionError:
        raise SessionUnknown from None
    except ExpiredSessionError:
        raise SessionExpired("Ask /api/play for a new one.") from None

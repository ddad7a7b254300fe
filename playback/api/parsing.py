"""How is a visitor's JSON read so that no body can cost the server much?"""

import io
from collections.abc import Mapping
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

LONGEST_BODY: Final = 64 * 1024


class SmallJSONParser(JSONParser):
    """JSON of at most 64 KiB, nested no deeper than Python's reader goes: everything else is a 400.

    REST framework reads the request's stream, which Django's own limit for bodies does not watch.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The parsed body.  Raises ParseError."""
        body = stream.read(LONGEST_BODY + 1)
        if len(body) > LONGEST_BODY:
            raise ParseError(f"A request here has at most {LONGEST_BODY} bytes.")
        try:
            return super().parse(io.BytesIO(body), media_type, dict(parser_context or {}))
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None

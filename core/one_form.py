"""How does an endpoint answer that has one form only, whatever Accept says?  Players and EventSource ask for what no renderer is called."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class OneForm(DefaultContentNegotiation):
    """Answers in the first form, which is the only one; requests are read in the forms that the endpoint takes."""

    def select_renderer(self, _request: Request, renderers: Any, _format_suffix: Any = None) -> Any:
        """The first."""
        return renderers[0], renderers[0].media_type

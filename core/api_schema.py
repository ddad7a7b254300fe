"""How do the words of our API that no serializer knows appear in its schema?"""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Bearer tokens."""

    target_class = "core.authentication.BearerToken"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """OpenAPI's words for them."""
        del auto_schema
        return {"type": "http", "scheme": "bearer"}

"""Where do browsers find an asset or a tune: on this site, or on the CDN in front of it?"""

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from playback.catalogue.models import SidFile


def own_asset(name: str) -> str:
    """A static file's address on this very site: workers and worklets come from the page's own origin or not at all."""
    return str(settings.WHITENOISE_STATIC_PREFIX + static(name).removeprefix(settings.STATIC_URL))


def sid_address(file: SidFile, token: str) -> str:
    """Where a session finds its tune's bytes: by content on the CDN where there is one, else by its own token."""
    if settings.PUBLIC_BASE_URL:
        return f"{settings.PUBLIC_BASE_URL}{reverse('public-sid', args=[file.md5])}"
    return reverse("playback-sid", args=[token])

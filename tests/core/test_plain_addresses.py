"""Is an address with a NUL refused as nonsense, on every database?"""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

TOKEN = "0b3f2a54-6f0e-4f0b-9a53-0d2f0a3c7e11"


@pytest.mark.parametrize(
    "address",
    [
        "/folders/1/%00",
        "/sid/%00.sid",
        "/%00",
        "/tune/%00",
        "/api/playback/%00/sid",
        "/api/playback/a:b/rom/%00",
    ],
)
def test_it_is_nonsense(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith(
        "application/problem+json" if address.startswith("/api/") else "text/html"
    )


@pytest.mark.parametrize(
    "address", ["/?q=%00", "/api/tunes?q=%00", "/api/tracks?cursor=%00", "/?after=%00", "/?chip=%00"]
)
def test_in_a_question_it_breaks_nothing(client: Client, address: str) -> None:
    assert client.get(address).status_code in (200, 400)

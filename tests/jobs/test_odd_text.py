"""Is text that a database cannot hold refused with a sentence, wherever staff's programs and pages may send it?"""

import json

import pytest
from django.test import Client

from core.models import ApiToken, User
from jobs.models import Job

pytestmark = pytest.mark.django_db

ODD = ["\0", "a\0b", "\ud800", "x" * 5000]


@pytest.fixture
def staff() -> Client:
    user = User.objects.create_user("ada", is_staff=True)
    _, secret = ApiToken.issue(user=user, name="test", scopes=["staff"])
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(user)
    return client


@pytest.mark.parametrize("text", ODD, ids=["nul", "nul within", "half a pair", "long"])
def test_odd_text_is_no_failure_of_ours(staff: Client, text: str) -> None:
    bodies = [
        {"type": text},
        {"type": "import", "parameters": {"path": text}},
        {"type": "import", "parameters": {text: 1}},
        {"type": "tests-count", "parameters": {"to": text}},
    ]
    for body in bodies:
        answer = staff.post("/api/admin/jobs", json.dumps(body), content_type="application/json")
        assert answer.status_code in ((202, 400, 404) if len(text) > 3 else (400, 404)), (
            body,
            answer.content,
        )
    job = Job.objects.create(kind="tests-count", state="failed")
    retry = {"config": {"to": text, text: 1}}
    answer = staff.post(f"/api/admin/jobs/{job.pk}/retry", json.dumps(retry), content_type="application/json")
    assert answer.status_code == 400
    for page, names in (
        ("/admin/jobs/", ["type", "status", "page"]),
        ("/admin/audit/", ["who", "action", "page"]),
    ):
        for name in names:
            if text.isascii():
                assert staff.get(page, {name: text}).status_code == 200, (page, name)

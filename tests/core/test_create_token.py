"""Does a token made in a shell open what its owner may open, and nothing else?"""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.models import ApiToken, AuditEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password="analytical", is_staff=True)


def made(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    call_command("create_token", *words)
    return capsys.readouterr().out.strip()


def test_the_printed_secret_opens_the_api(
    ada: User, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = made(capsys, "ada", "--name", "backup")
    answer = client.get("/api/admin/jobs", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, token.expires_at) == ("backup", ["staff"], None)
    assert secret not in str(vars(token))
    assert secret not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.get().action == "apitoken.add"


def test_scopes_and_days(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    made(capsys, "ada", "--name", "phone", "--scope", "play", "--days", "7")
    token = ApiToken.objects.get()
    assert token.scopes == ["play"]
    assert token.expires_at
    assert (token.expires_at - token.created_at).days in (6, 7)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody", "--name", "x"], "no user nobody"),
        (["bob", "--name", "x"], "bob is not staff"),
        (["ada", "--name", "x", "--days", "0"], "1 or more"),
        (["ada"], "--name"),
        (["ada", "--name", "x", "--scope", "all"], "invalid choice"),
    ],
)
def test_what_makes_no_sense_is_refused(ada: User, words: list[str], said: str) -> None:
    User.objects.create_user("bob", password="builder")
    with pytest.raises(CommandError, match=said):
        call_command("create_token", *words)
    assert not ApiToken.objects.exists()

"""Does guessing passwords end soon, without telling who has an account and without locking anybody else out?"""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from core.models import AuditEntry, SignInCount, User
from tests.core.counted_hasher import CountedHasher

pytestmark = pytest.mark.django_db
HOME, AWAY, ATTACKER = "198.51.100.7", "203.0.113.9", "192.0.2.66"
RIGHT, WRONG = "analytical engine", "difference engine"


@pytest.fixture(autouse=True)
def ada() -> User:
    return User.objects.create_user("ada", password=RIGHT, is_staff=True)


def sign_in(name: str = "ada", password: str = WRONG, address: str = HOME, **more: str) -> HttpResponse:
    """From a browser of its own."""
    form = {"username": name, "password": password, "next": "/admin/"}
    answer: HttpResponse = Client().post("/admin/login/", form, REMOTE_ADDR=address, headers=more or None)  # type: ignore[assignment]
    return answer


def statuses(times: int, **more: str) -> list[int]:
    return [sign_in(**more).status_code for _ in range(times)]


def test_after_five_wrong_tries_even_the_right_password_waits() -> None:
    assert statuses(6) == [200] * 5 + [429]
    refused = sign_in(password=RIGHT)
    text = refused.content.decode()
    assert refused.status_code == 429
    assert 800 < int(refused["Retry-After"]) <= 900
    assert "Wait 15 minutes" in text
    assert "ada" not in text
    assert "<script>" not in text


def test_nobody_else_is_locked_out_and_nobody_for_ever() -> None:
    statuses(6, address=ATTACKER)
    assert sign_in(password=RIGHT, address=AWAY).status_code == 302
    assert sign_in(password=RIGHT, address=ATTACKER).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=5)):
        assert sign_in(password=RIGHT, address=ATTACKER).status_code == 302


def test_a_client_that_tries_many_names_waits_too() -> None:
    tried = [sign_in(name=f"name{number}", address=ATTACKER).status_code for number in range(21)]
    assert tried == [200] * 20 + [429]
    assert sign_in(name="ada", password=RIGHT, address=ATTACKER).status_code == 429
    assert sign_in(name="ada", password=RIGHT, address=HOME).status_code == 302


def test_a_whole_ipv6_network_is_one_client() -> None:
    tried = [sign_in(address=f"2001:db8:1:2::{number}").status_code for number in range(6)]
    assert tried == [200] * 5 + [429]
    assert sign_in(address="2001:db8:1:3::1").status_code == 200


def test_a_forged_address_moves_nothing() -> None:
    forged = [sign_in(**{"X-Forwarded-For": f"203.0.113.{number}"}).status_code for number in range(6)]
    assert forged == [200] * 5 + [429]


def test_spellings_of_a_name_count_together() -> None:
    tried = [sign_in(name=name).status_code for name in ("ada", "Ada", "ADA", " ada", "\uff41da", "aDa")]
    assert tried == [200] * 5 + [429]


def test_the_right_password_forgets_the_names_wrong_ones_and_not_the_clients() -> None:
    for _ in range(3):
        statuses(4)
        assert sign_in(password=RIGHT).status_code == 302
    assert SignInCount.objects.get().tries == 12
    assert [sign_in(name=f"n{number}").status_code for number in range(9)] == [200] * 8 + [429]


def test_the_last_try_may_be_right() -> None:
    statuses(4)
    assert sign_in(password=RIGHT).status_code == 302
    assert statuses(5) == [200] * 5


@override_settings(PASSWORD_HASHERS=["tests.core.counted_hasher.CountedHasher"])
def test_a_name_without_account_looks_the_same_and_takes_as_long() -> None:
    User.objects.create_user("grace", password=RIGHT, is_staff=True)
    User.objects.create_user("closed", password=RIGHT, is_staff=True, is_active=False)
    User.objects.create_user("listener", password=RIGHT)
    seen: dict[str, list[tuple[int, str, int]]] = {}
    for number, name in enumerate(("grace", "nobody", "closed", "listener")):
        for _ in range(7):
            before = CountedHasher.runs
            answer = sign_in(name=name, address=f"198.51.100.{number}")
            text = answer.content.decode()
            said = (
                text[text.find("errornote") : text.find("errornote") + 200]
                if answer.status_code == 200
                else text
            )
            seen.setdefault(name, []).append((answer.status_code, said, CountedHasher.runs - before))
    assert seen["nobody"] == seen["grace"] == seen["closed"] == seen["listener"]
    assert [runs for _, _, runs in seen["nobody"]] == [1] * 5 + [0] * 2


def test_a_listener_with_the_right_password_is_told_what_a_guesser_is() -> None:
    User.objects.create_user("bob", password=RIGHT)
    right, wrong = sign_in(name="bob", password=RIGHT), sign_in(name="bob")
    assert right.status_code == wrong.status_code == 200
    said = [answer.content.decode().split("errornote")[1][:200] for answer in (right, wrong)]
    assert said[0] == said[1]
    entries = AuditEntry.objects.filter(action="session.sign-in")
    assert sorted(entries.values_list("error", flat=True)) == ["invalid_login", "wrong-name-or-password"]
    assert not entries.filter(success=True).exists()


def test_what_happens_at_the_door_is_written_down_and_what_was_typed_is_not() -> None:
    statuses(4)
    sign_in(name="my secret passphrase", password="typed in the wrong field")
    browser = Client()
    browser.post("/admin/login/", {"username": "ada", "password": RIGHT}, REMOTE_ADDR=HOME)
    browser.post("/admin/logout/", REMOTE_ADDR=HOME)
    statuses(6)
    entries = list(
        AuditEntry.objects.order_by("pk").values_list("action", "actor_name", "resource", "success")
    )
    failed = ("session.sign-in", "visitor", "ada", False)
    assert entries == [
        *[failed] * 4,
        ("session.sign-in", "visitor", "", False),
        ("session.sign-in", "ada", "", True),
        ("session.sign-out", "ada", "", True),
        *[failed] * 5,
        ("session.lock", "visitor", "ada", True),
    ]
    kept = str(list(AuditEntry.objects.values())) + str(list(SignInCount.objects.values()))
    for word in ("secret", "typed", "engine"):
        assert word not in kept
    assert HOME in kept


def test_the_count_begins_anew_after_a_while() -> None:
    statuses(4)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert statuses(5) == [200] * 5


def test_a_lock_can_be_lifted(capsys: pytest.CaptureFixture[str], admin_client: Client) -> None:
    statuses(6)
    statuses(6, address=AWAY)
    call_command("lift_locks", "--user", "ada", "--client", HOME)
    assert capsys.readouterr().out == "1 lock lifted.\n"
    assert sign_in(password=RIGHT).status_code == 302
    assert sign_in(password=RIGHT, address=AWAY).status_code == 429
    lock = SignInCount.objects.get(locked=True)
    page = admin_client.get("/admin/core/signincount/").content.decode()
    assert f"ada from {AWAY}" in page
    admin_client.post(f"/admin/core/signincount/{lock.pk}/delete/", {"post": "yes"})
    assert sign_in(password=RIGHT, address=AWAY).status_code == 302
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"session.unlock", "signincount.delete"} <= set(actions)


def test_programs_of_ours_are_not_counted() -> None:
    browser = Client()
    assert not any(browser.login(username="ada", password=WRONG) for _ in range(30))
    assert browser.login(username="ada", password=RIGHT)


def test_old_counts_are_swept_away() -> None:
    for number in range(3):
        sign_in(name=f"name{number}", address=f"198.51.100.{number}")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        sign_in()
        oldest: datetime = min(SignInCount.objects.values_list("ends_at", flat=True))
        assert oldest > timezone.now()


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
def test_processes_that_try_at_once_count_together(tmp_path: Path) -> None:
    connections.close_all()
    children = []
    for number in range(4):
        pid = os.fork()
        if not pid:
            try:
                said = " ".join(map(str, statuses(5)))
                (tmp_path / str(number)).write_text(said)
            finally:
                os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    answers = " ".join(path.read_text() for path in tmp_path.iterdir()).split()
    assert sorted(answers) == ["200"] * 5 + ["429"] * 15
    assert AuditEntry.objects.filter(action="session.lock").count() == 1

"""Does the administration work for staff under our strict policy, and only for them?"""

import re

import pytest
from django.contrib import admin
from django.test import Client

from core.models import User

pytestmark = pytest.mark.django_db


def _pages() -> list[str]:
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    return ["/admin/", *lists]


def test_every_list_opens_and_has_nothing_that_the_policy_blocks(admin_client: Client) -> None:
    for page in _pages():
        answer = admin_client.get(page)
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert not re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))[^>]*>", text), page
        assert not re.findall(r"<style|\sstyle=|\son(?:click|load|change|submit)=", text), page


def test_listeners_and_strangers_are_sent_to_sign_in(client: Client) -> None:
    for page in _pages():
        assert client.get(page).status_code == 302
    client.force_login(User.objects.create_user("bob"))
    for page in _pages():
        assert client.get(page).status_code == 302


def test_the_first_administrator_is_made_once(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    call_command("prepare_site")
    password = re.findall(r"password: (\S+)", capsys.readouterr().out)[0]
    call_command("prepare_site")
    assert capsys.readouterr().out == ""
    assert client.login(username="admin", password=password)
    assert client.get("/admin/").status_code == 200


def test_a_site_that_has_an_administrator_gets_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    User.objects.create_superuser("alice", password="wonderland")
    call_command("prepare_site")
    assert "Administrator" not in capsys.readouterr().out
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]

"""Can staff upload, activate and remove ROMs in the administration, with clear words where a file is wrong?"""

import hashlib
import html
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.models import AuditEntry, User
from playback.models import RomBundle
from playback.roms.storage import folder, read_rom
from tests.playback.test_roms import ROMS

pytestmark = pytest.mark.django_db

ADD = "/admin/playback/rombundle/add/"
LIST = "/admin/playback/rombundle/"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path / "data"


def upload(client: Client, **fields: Any) -> Any:
    files = {kind: SimpleUploadedFile(f"{kind}.rom", rom) for kind, rom in ROMS.items()}
    return client.post(ADD, {"name": "Ours", **files, **fields})


def complaint(answer: Any) -> str:
    assert answer.status_code == 200
    assert not RomBundle.objects.exists()
    assert not folder().exists() or list(folder().iterdir()) == []
    return html.unescape(answer.content.decode())


def test_staff_upload_a_bundle_and_browsers_get_it(admin_client: Client, client: Client) -> None:
    answer = upload(admin_client, active="on", kernal_expected=hashlib.sha256(ROMS["kernal"]).hexdigest())
    assert answer.status_code == 302
    made = RomBundle.objects.get()
    assert made.is_active
    assert {kind: read_rom(sha256) for kind, sha256 in made.roms.items()} == ROMS
    assert client.get("/api/prefs/rom-manifest").json()["bundles"][0]["name"] == "Ours"
    entry = AuditEntry.objects.get(action="rombundle.add")
    assert (entry.actor_name, entry.resource) == ("admin", f"{made.pk} Ours")


def test_the_character_rom_may_be_absent(admin_client: Client) -> None:
    assert upload(admin_client, chargen="").status_code == 302
    assert RomBundle.objects.get().roms.keys() == {"kernal", "basic"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"kernal": SimpleUploadedFile("k", b"x" * 8191)},
            "The KERNAL ROM has 8192 bytes; this file has 8191.",
        ),
        ({"basic": SimpleUploadedFile("b", b"x" * 8194)}, "Its first two bytes are probably a load address"),
        ({"chargen": SimpleUploadedFile("c", b"x" * 8192)}, "The character ROM has 4096 bytes"),
        ({"kernal": ""}, "This field is required."),
        ({"kernal": SimpleUploadedFile("k", b"")}, "The submitted file is empty."),
        ({"kernal_expected": "0" * 64}, f"and {'0' * 64} was expected"),
        ({"basic_expected": "beef"}, "A SHA-256 is 64 hexadecimal digits."),
        ({"chargen": "", "chargen_expected": "0" * 64}, "A SHA-256 is expected, and there is no file."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_plainly_and_nothing_is_kept(
    admin_client: Client, fields: dict[str, Any], words: str
) -> None:
    for value in fields.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    assert words in complaint(upload(admin_client, **fields))


def test_a_name_is_given_once(admin_client: Client) -> None:
    upload(admin_client)
    answer = upload(admin_client)
    assert "already exists" in answer.content.decode()
    assert RomBundle.objects.count() == 1


def test_a_new_active_bundle_takes_over(admin_client: Client) -> None:
    upload(admin_client, active="on")
    assert upload(admin_client, name="Second", active="on").status_code == 302
    assert RomBundle.objects.get(is_active=True).name == "Second"


def act(client: Client, action: str, *names: str) -> str:
    chosen = [bundle.pk for bundle in RomBundle.objects.filter(name__in=names)]
    answer = client.post(LIST, {"action": action, "_selected_action": chosen}, follow=True)
    return html.unescape(answer.content.decode())


def test_activating_and_giving_to_nobody(admin_client: Client) -> None:
    upload(admin_client)
    upload(admin_client, name="Second")
    assert "Choose one" in act(admin_client, "activate_selected", "Ours", "Second")
    assert not RomBundle.objects.filter(is_active=True).exists()
    assert "Browsers get Ours from now on." in act(admin_client, "activate_selected", "Ours")
    assert RomBundle.objects.get(is_active=True).name == "Ours"
    act(admin_client, "deactivate_selected", "Ours", "Second")
    assert not RomBundle.objects.filter(is_active=True).exists()
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"rombundle.activate", "rombundle.deactivate"} <= set(actions)


def test_a_bundle_that_is_there_gets_another_name_and_never_other_roms(admin_client: Client) -> None:
    upload(admin_client, active="on")
    made = RomBundle.objects.get()
    change = f"/admin/playback/rombundle/{made.pk}/change/"
    page = admin_client.get(change).content.decode()
    assert made.kernal_sha256 in page
    assert 'type="file"' not in page
    other = {"name": "Renamed", "kernal_sha256": "0" * 64, "kernal": SimpleUploadedFile("k", b"y" * 8192)}
    assert admin_client.post(change, other).status_code == 302
    renamed = RomBundle.objects.get()
    assert (renamed.name, renamed.roms, renamed.is_active) == ("Renamed", made.roms, True)


def test_removing_one_removes_its_files(admin_client: Client) -> None:
    upload(admin_client)
    made = RomBundle.objects.get()
    admin_client.post(f"/admin/playback/rombundle/{made.pk}/delete/", {"post": "yes"})
    assert list(folder().iterdir()) == []
    upload(admin_client)
    answer = admin_client.post(
        LIST,
        {"action": "delete_selected", "_selected_action": [RomBundle.objects.get().pk], "post": "yes"},
    )
    assert answer.status_code == 302
    assert list(folder().iterdir()) == []
    assert AuditEntry.objects.filter(action="rombundle.delete").count() == 2


def test_it_is_for_staff_with_the_right_only(client: Client) -> None:
    assert upload(client).status_code == 302
    client.force_login(User.objects.create_user("bob"))
    assert upload(client).status_code == 302
    client.force_login(User.objects.create_user("carol", is_staff=True))
    assert upload(client).status_code == 403
    assert not RomBundle.objects.exists()

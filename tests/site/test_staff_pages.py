"""Do our own pages of the administration show what there is, do what they offer, and let in nobody but staff?  Without script."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from core import audit
from core.models import AuditEntry, User
from core.staff_frame import all_pages
from jobs import controls
from jobs.models import Job, Schedule
from jobs.pages.forms import JobForm
from playback.catalogue.importing import import_sids
from playback.catalogue.models import Collection
from tests.jobs.conftest import Carried, carried  # noqa: F401 - a fixture of theirs
from tests.jobs.made_up_kinds import register_kinds
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db
register_kinds()


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_user("ada", is_staff=True))
    return client


def own_pages() -> list[str]:
    """Every address that needs no number."""
    pages = [address.path for page in all_pages() for address in page.addresses if "<" not in address.path]
    assert len(pages) >= 6
    return [f"/admin/{path}" for path in [*pages, "jobs/begin/tests-count/", "jobs/1/", "jobs/1/again/"]]


def every_address() -> list[str]:
    filled = (re.sub(r"<int:\w+>", "1", address.path) for page in all_pages() for address in page.addresses)
    return [
        f"/admin/{path}".replace("<slug:verb>", "cancel").replace("<slug:kind>", "tests-count")
        for path in filled
    ]


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_visitors_and_listeners_are_sent_to_sign_in_and_change_nothing(client: Client) -> None:
    Job.objects.create(pk=1, kind="tests-count")
    Schedule.objects.create(pk=1, kind="tests-count", cron="0 2 * * *")
    Collection.objects.create(pk=1, name="x", root="/x", kind="sids")
    for _ in range(2):
        for address in every_address():
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 302, address
                assert answer["Location"].startswith("/admin/login/"), address
        client.force_login(User.objects.get_or_create(username="bob")[0])
    assert list(Job.objects.values_list("pk", "state")) == [(1, "pending")]
    assert Schedule.objects.get().enabled


def test_every_page_opens_and_has_nothing_that_the_policy_blocks(staff: Client) -> None:
    Job.objects.create(pk=1, kind="tests-count", parameters={"to": 5})
    for page in own_pages():
        text = text_of(staff, page)
        assert not re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))[^>]*>", text), page
        assert not re.findall(r"<style|\sstyle=|\son(?:click|load|change|submit)=", text), page
        assert text.count('aria-current="page"') == 1, page
        for url in re.findall(r'class="links".*?</nav>', text, re.DOTALL):
            for link in re.findall(r'href="([^"]+)"', url):
                assert staff.get(link).status_code == 200, link


def test_the_public_pages_do_not_know_of_them(client: Client, tmp_path: Path) -> None:
    put(tmp_path, "a.sid", title="A")
    import_sids(tmp_path)
    for address in ("/", "/folders", "/authors", "/robots.txt"):
        assert "staff" not in text_of(client, address)
    for address in ("/", "/folders", "/authors"):
        assert "admin" not in text_of(client, address).lower()


def test_a_job_is_begun_from_a_form_and_steered_by_buttons(staff: Client, carried: Carried) -> None:  # noqa: F811
    page = "/admin/jobs/begin/tests-count/"
    wrong = staff.post(page, {"p-to": "many", "p-pause_s": "0", "priority": "5"})
    assert "Enter a whole number." in wrong.content.decode()
    assert not Job.objects.exists()
    answer = staff.post(page, {"p-to": "3", "p-pause_s": "0", "priority": "10"})
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}/"
    assert (job.parameters["to"], job.priority, str(job.asked_by)) == (3, 10, "ada")
    assert staff.post(f"/admin/jobs/{job.pk}/pause/", {"back": "jobs"})["Location"] == "/admin/jobs/"
    job.refresh_from_db()
    assert job.state == "paused"
    refused = staff.post(f"/admin/jobs/{job.pk}/retry/", follow=True).content.decode()
    assert "not in a state for that" in refused
    staff.post(f"/admin/jobs/{job.pk}/resume/")
    staff.post(f"/admin/jobs/{job.pk}/priority/", {"priority": "1"})
    carried.work()
    job.refresh_from_db()
    assert (job.state, job.priority) == ("completed", 1)
    text = text_of(staff, f"/admin/jobs/{job.pk}/")
    assert "Done." in text
    assert "&quot;counted&quot;: 3" in text
    assert set(AuditEntry.objects.exclude(action="tests.count").values_list("action", "success")) == {
        ("job.create", True),
        ("job.pause", True),
        ("job.retry", False),
        ("job.resume", True),
        ("job.priority", True),
    }


def test_who_comes_to_a_button_s_address_is_shown_its_page_and_nothing_is_done(staff: Client) -> None:
    job = Job.objects.create(kind="tests-count")
    row = Schedule.objects.create(kind="tests-count", cron="0 2 * * *")
    for address, page in (
        (f"/admin/jobs/{job.pk}/cancel/", "/admin/jobs/"),
        (f"/admin/schedule/{row.pk}/switch/", "/admin/schedule/"),
        (f"/admin/schedule/{row.pk}/now/", "/admin/schedule/"),
        ("/admin/collections/1/import/", "/admin/collections/"),
    ):
        assert staff.get(address)["Location"] == page
    assert list(Job.objects.values_list("state", flat=True)) == ["pending"]
    assert Schedule.objects.get().enabled


def test_what_a_kind_refuses_stands_at_its_field(staff: Client) -> None:
    answer = staff.post("/admin/jobs/begin/import/", {"p-path": "", "priority": "5"})
    assert "This field is required." in answer.content.decode()
    assert staff.get("/admin/jobs/begin/nonsense/").status_code == 404
    assert staff.post("/admin/jobs/99/pause/").status_code == 404


def test_a_failed_job_is_tried_again_with_other_parameters(staff: Client, carried: Carried) -> None:  # noqa: F811
    job = controls.ask_for("tests-count", {"to": 3, "breaks_at": 1})
    carried.work()
    text = text_of(staff, f"/admin/jobs/{job.pk}/again/")
    assert 'value="3"' in text
    staff.post(f"/admin/jobs/{job.pk}/again/", {"p-to": "2", "p-pause_s": "0"})
    carried.work()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.parameters["breaks_at"]) == ("completed", 2, None)


def test_jobs_are_chosen_by_state_and_kind_and_paged(staff: Client) -> None:
    Job.objects.bulk_create([Job(kind="tests-count", state="completed") for _ in range(60)])
    failed = Job.objects.create(kind="tests-alone", state="failed", problem={"detail": "The disk is full."})
    everything = text_of(staff, "/admin/jobs/")
    assert everything.count("<tr data-job=") == 51  # and the blank one that script fills
    assert "Page 1 of 2" in everything
    assert "The disk is full." in everything
    only = text_of(staff, "/admin/jobs/?status=failed&type=tests-alone")
    assert re.findall(r'<tr data-job="(\d+)"', only) == [str(failed.pk), "0"]
    assert "No such job." in text_of(staff, "/admin/jobs/?type=nonsense")
    assert text_of(staff, "/admin/jobs/?page=x&status=x")


def test_a_schedule_is_switched_off_and_begun_now(staff: Client) -> None:
    row = Schedule.objects.create(kind="tests-count", cron="0 2 * * *", parameters={"to": 2})
    assert "0 2 * * *" in text_of(staff, "/admin/schedule/")
    staff.post(f"/admin/schedule/{row.pk}/switch/", {"enabled": "off"})
    row.refresh_from_db()
    assert not row.enabled
    staff.post(f"/admin/schedule/{row.pk}/switch/", {"enabled": "on"})
    answer = staff.post(f"/admin/schedule/{row.pk}/now/")
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}/"
    assert (job.kind, job.parameters["to"]) == ("tests-count", 2)
    Schedule.objects.filter(pk=row.pk).update(kind="gone")
    answer = staff.post(f"/admin/schedule/{row.pk}/now/", follow=True)
    assert "There is no such kind of job" in answer.content.decode()


def test_collections_tell_how_whole_they_are(staff: Client, tmp_path: Path) -> None:
    assert "There is no music yet." in text_of(staff, "/admin/collections/")
    for number in range(3):
        put(tmp_path / "music", f"{number}.sid", title=f"T{number}")
    (tmp_path / "music" / "broken.sid").write_bytes(b"PSID")
    import_sids(tmp_path / "music")
    text = text_of(staff, "/admin/collections/")
    assert "75 % of tunes play without ROMs" in text
    assert str(tmp_path / "music") in text
    collection = Collection.objects.get()
    staff.post(f"/admin/collections/{collection.pk}/import/")
    assert Job.objects.get().parameters["path"] == str(tmp_path / "music")


def test_the_audit_is_filtered(staff: Client) -> None:
    for number in range(120):
        audit.record("job.pause", actor=None, resource=f"number {number}")
    audit.record(
        "token.revoke", actor=None, resource="the one", success=False, error="no-such", details={"x": "<b>"}
    )
    text = text_of(staff, "/admin/audit/?failed=1&action=token&who=system")
    assert "the one" in text
    assert "no-such" in text
    assert "&lt;b&gt;" in text
    assert "number 1" not in text
    assert "Page 1 of 2" in text_of(staff, "/admin/audit/")
    assert "No such entry." in text_of(staff, "/admin/audit/?who=nobody")


def test_the_system_page_says_when_no_worker_runs(staff: Client) -> None:
    assert "No worker runs, so jobs wait." in text_of(staff, "/admin/system/")


def test_what_a_track_is(staff: Client, tmp_path: Path) -> None:
    put(tmp_path, "a.sid", title="A")
    import_sids(tmp_path)
    track = Collection.objects.get().sid_files.get().album.tracks.get()
    address = reverse("staff-track", args=[track.public_id])
    found = staff.get(address).json()
    assert (found["path"], found["md5"]) == ("a.sid", track.album.sid_file.md5)
    User.objects.update(is_superuser=True)
    assert staff.get(found["rowUrl"]).status_code == 200
    assert staff.get(address.replace(str(track.public_id)[:8], "00000000")).status_code == 404
    assert Client().get(address).status_code == 401


def test_a_form_for_every_kind_there_is(staff: Client) -> None:
    from jobs.kinds import all_kinds

    for kind in all_kinds():
        form = JobForm(kind)
        assert list(form.fields) == list(kind.parameters.model_fields)
        assert text_of(staff, f"/admin/jobs/begin/{kind.name}/")

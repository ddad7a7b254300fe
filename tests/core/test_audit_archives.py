"""Is every line of the audit trail there once and in order, however often its file was archived, exported and read back?"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import audit, audit_archives, audit_file
from core.models import AuditEntry, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of this test alone."""
    path = tmp_path / "audit" / "admin-actions.jsonl"
    monkeypatch.setattr(audit_file, "log_file", lambda: path)
    return path


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours is run behind it."""


class _Nowhere:
    """Takes what a command says."""

    def write(self, text: str) -> int:
        return len(text)


def act(*resources: str) -> None:
    for resource in resources:
        audit.record("model.publish", actor=None, resource=resource, details={"notes": "größer\n\u2028"})


def whole(folder: Path) -> list[str]:
    """What the lines are about, through all parts."""
    found = (line for part in audit_archives.parts(folder) for line in audit_archives.lines(part))
    return [json.loads(line)["resource"] for line in found]


def rows() -> list[dict[str, Any]]:
    columns = ["pk", "at", "action", "actor_name", "resource", "details", "success", "error", "request_id"]
    return list(AuditEntry.objects.order_by("pk").values(*columns))


def export(folder: Path) -> bytes:
    call_command("export_data", "--to", folder, stdout=_Nowhere())
    return (folder / "audit" / "admin-actions.jsonl").read_bytes()


def rebuild(folder: Path) -> None:
    call_command("rebuild_from_data", "--from", folder, stdout=_Nowhere())


def test_archives_are_numbered_and_hold_all_lines_in_order(trail: Path) -> None:
    act("1", "2")
    assert audit_archives.rotate(above_bytes=10_000) is None
    first = audit_archives.rotate(above_bytes=100)
    act("3")
    second = audit_archives.rotate(above_bytes=100)
    act("4")
    assert first == trail.parent / "admin-actions.000001.jsonl.gz"
    assert second == trail.parent / "admin-actions.000002.jsonl.gz"
    assert gzip.decompress(first.read_bytes()).count(b"\n") == 2
    assert whole(trail.parent) == ["1", "2", "3", "4"]
    assert audit_file.write_out() == 0


@pytest.mark.parametrize("steps", range(6))
def test_a_rotation_that_is_killed_loses_and_doubles_nothing(
    trail: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    act("1", "2")
    left = [steps]

    def dying(real: Any) -> Any:
        def call(*arguments: Any, **more: Any) -> Any:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return real(*arguments, **more)

        return call

    with monkeypatch.context() as patches:
        for name in ("rename", "replace", "unlink"):
            patches.setattr(Path, name, dying(getattr(Path, name)))
        try:
            audit_archives.rotate(above_bytes=0)
        except Killed:
            assert steps < 3
        else:
            assert steps >= 3
    assert whole(trail.parent) == ["1", "2"]
    act("3")
    audit_archives.rotate(above_bytes=0)
    act("4")
    assert whole(trail.parent) == ["1", "2", "3", "4"]


def test_a_line_whose_writer_was_killed_before_its_mark_is_not_written_again(
    trail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act("1", "2")
    with monkeypatch.context() as patches:
        # Killed just when the rotation has looked for what is missing.
        patches.setattr(audit_file, "write_out", lambda **_: AuditEntry.objects.update(in_file=False))
        audit_archives.rotate(above_bytes=0)
    act("3")
    assert whole(trail.parent) == ["1", "2", "3"]


def test_the_trail_comes_back_with_its_numbers(
    trail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit.record("user.add", actor=User.objects.create_user("alice"), resource="1")
    act("2")
    audit_archives.rotate(above_bytes=0)
    act("3")
    before, written = rows(), export(tmp_path / "one")
    AuditEntry.objects.all().delete()
    monkeypatch.setattr(audit_file, "log_file", lambda: tmp_path / "new" / "audit" / "admin-actions.jsonl")
    rebuild(tmp_path / "one")
    assert rows() == before
    assert (tmp_path / "new" / "audit" / "admin-actions.jsonl").read_bytes() == written
    assert export(tmp_path / "two") == written
    rebuild(tmp_path / "one")
    assert rows() == before
    act("4")
    assert AuditEntry.objects.get(resource="4").pk > before[-1]["pk"]
    assert whole(tmp_path / "new" / "audit") == ["1", "2", "3", "4"]


def test_a_lost_database_gets_its_rows_from_the_files_that_are_still_there(trail: Path) -> None:
    act("1", "2")
    audit_archives.rotate(above_bytes=0)
    act("3")
    before = rows()
    AuditEntry.objects.all().delete()
    rebuild(trail.parent.parent)
    assert rows() == before
    assert audit_file.write_out() == 0, "their lines are there"
    assert whole(trail.parent) == ["1", "2", "3"]


def test_entries_of_another_history_stay_beside(trail: Path, tmp_path: Path) -> None:
    act("theirs 1", "theirs 2", "theirs 3")
    export(tmp_path / "one")
    # Ours begins anew, as a site does that was set up before its rows came back: two of the numbers are taken.
    AuditEntry.objects.filter(resource="theirs 3").delete()
    for number in (1, 2):
        AuditEntry.objects.filter(resource=f"theirs {number}").update(resource=f"ours {number}", in_file=True)
    rebuild(tmp_path / "one")
    rebuild(tmp_path / "one")
    all_of_it = ["ours 1", "ours 2", "theirs 1", "theirs 2", "theirs 3"]
    assert sorted(row["resource"] for row in rows()) == all_of_it
    act("later")
    assert AuditEntry.objects.get(resource="later").pk == max(row["pk"] for row in rows())


def test_a_line_without_a_number_gets_one_that_no_other_line_has(trail: Path, tmp_path: Path) -> None:
    act("1")
    export(tmp_path / "one")
    place = tmp_path / "one" / "audit" / "admin-actions.jsonl"
    line = json.loads(place.read_bytes())
    number = int(line["id"])
    more = [line | {"id": str(number + 1), "resource": "2"}, {**line, "resource": "3"}]
    del more[1]["id"]
    place.write_bytes(place.read_bytes() + b"".join(json.dumps(one).encode() + b"\n" for one in more))
    rebuild(tmp_path / "one")
    assert [(row["pk"] - number, row["resource"]) for row in rows()] == [(0, "1"), (1, "2"), (2, "3")]


def test_a_line_that_is_wrong_is_named_and_half_a_last_one_is_still_to_come(
    trail: Path, tmp_path: Path
) -> None:
    act("1", "2")
    place = tmp_path / "one" / "audit" / "admin-actions.jsonl"
    written = export(tmp_path / "one")
    AuditEntry.objects.all().delete()
    place.write_bytes(written.replace(b'"success": true', b'"success": "perhaps"', 1))
    with pytest.raises(
        CommandError, match=r"audit/admin-actions.jsonl, line 1: success: .* Nothing was changed"
    ):
        rebuild(tmp_path / "one")
    assert rows() == []
    place.write_bytes(written[:-9])
    rebuild(tmp_path / "one")
    assert [row["resource"] for row in rows()] == ["1"]


def test_the_command_says_what_it_did(trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    act("1")
    call_command("rotate_logs")
    call_command("rotate_logs", "--above", "0.0001")
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Not larger than 10 MB: left as it is.",
        str(trail.parent / "admin-actions.000001.jsonl.gz"),
    ]


def test_a_file_that_was_lost_is_written_anew(trail: Path, tmp_path: Path) -> None:
    act("1", "2")
    written = trail.read_bytes()
    trail.unlink()
    assert export(tmp_path / "one") == written
    assert trail.read_bytes() == written

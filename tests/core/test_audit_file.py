"""Does every committed entry become one line, in order, whoever writes at once and whoever is killed?"""

import json
import os
import random
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections, transaction

from core import audit, audit_file
from core.models import AuditEntry
from tests.dying import wait_for_the_dead

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
KILLS = 40


@pytest.fixture
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "audit" / "admin-actions.jsonl"
    monkeypatch.setattr(audit_file, "log_file", lambda: path)
    return path


def numbers(path: Path) -> list[int]:
    text = path.read_text(encoding="utf-8")
    assert not text or text.endswith("\n")
    return [int(json.loads(line)["id"]) for line in text.splitlines()]


def entries() -> list[int]:
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def act(chance: random.Random) -> None:
    """What staff do: one entry, or some in a transaction that takes a while and may come to nothing."""
    if chance.random() < 0.5:
        audit.record("tests.act", actor=None, details={"text": "x" * chance.choice([0, 10_000])})
        return
    try:
        with transaction.atomic():
            for _ in range(chance.randint(1, 3)):
                audit.record("tests.act", actor=None)
                time.sleep(chance.uniform(0, 0.01))
            if chance.random() < 0.3:
                raise RuntimeError
    except RuntimeError:
        pass


def forked(seed: int) -> int:
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        chance = random.Random(seed)
        while True:
            act(chance)
            time.sleep(chance.uniform(0, 0.01))
    finally:
        os._exit(1)


def test_processes_that_are_killed_at_any_moment(trail: Path) -> None:
    chance = random.Random(3)
    running = [forked(seed) for seed in range(4)]
    for kill in range(KILLS):
        time.sleep(chance.uniform(0, 0.12))
        victim = running.pop(chance.randrange(len(running)))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        running.append(forked(100 + kill))
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    wait_for_the_dead()
    audit.write_out(patience_s=20)
    assert numbers(trail) == entries()
    assert len(entries()) > KILLS
    assert not AuditEntry.objects.filter(in_file=False).exists()


def test_a_smaller_number_that_is_committed_later_comes_first(trail: Path) -> None:
    begun, both = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            audit.record("tests.slow", actor=None)
            begun.set()
            both.wait(0.5)
        connections.close_all()

    def quickly() -> None:
        begun.wait()
        audit.record("tests.quick", actor=None)
        both.set()
        connections.close_all()

    threads = [threading.Thread(target=target) for target in (slowly, quickly)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(trail) == entries()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "tests.slow",
        "tests.quick",
    ]


def test_what_somebody_was_killed_over_is_written_by_the_next(trail: Path) -> None:
    AuditEntry.objects.create(action="tests.forgotten", actor_name="system")
    assert not trail.exists()
    audit.record("tests.next", actor=None)
    assert numbers(trail) == entries()
    assert audit.write_out() == 0


@pytest.mark.parametrize("marked", [0, 1, 2])
def test_lines_without_their_mark_are_not_written_twice(trail: Path, marked: int) -> None:
    for _ in range(3):
        audit.record("tests.act", actor=None)
    AuditEntry.objects.filter(pk__in=entries()[marked:]).update(in_file=False)
    AuditEntry.objects.create(action="tests.more", actor_name="system")
    audit.write_out()
    assert numbers(trail) == entries()


def test_a_restored_file_that_is_ahead_of_its_database_is_not_written_twice(trail: Path) -> None:
    for _ in range(3):
        audit.record("tests.act", actor=None)
    # The database is of a moment when the second line was not written yet.
    AuditEntry.objects.filter(pk=entries()[2]).delete()
    AuditEntry.objects.filter(pk=entries()[1]).update(in_file=False)
    before = trail.read_bytes()
    assert audit.write_out() == 1
    assert trail.read_bytes() == before


@pytest.mark.parametrize("left", [1, 30, 9_000, -1])
def test_half_a_line_is_cut_off_and_written_again(trail: Path, left: int) -> None:
    audit.record("tests.first", actor=None)
    whole = trail.read_bytes()
    audit.record("tests.second", actor=None, details={"text": "ü" * 10_000})
    second = trail.read_bytes()[len(whole) :]
    trail.write_bytes(whole + second[:left])
    AuditEntry.objects.filter(action="tests.second").update(in_file=False)
    audit.write_out()
    assert trail.read_bytes() == whole + second


def test_what_others_left_stays(trail: Path) -> None:
    audit.record("tests.first", actor=None)
    with trail.open("a") as file:
        file.write("a note by hand")
    audit.record("tests.second", actor=None)
    lines = trail.read_text().splitlines()
    assert lines[1] == "a note by hand"
    assert json.loads(lines[2])["action"] == "tests.second"


def test_a_file_that_was_moved_away_is_begun_anew(trail: Path) -> None:
    audit.record("tests.first", actor=None)
    with audit_file.writing():
        trail.rename(trail.with_suffix(".1"))
    audit.record("tests.second", actor=None)
    assert [*numbers(trail.with_suffix(".1")), *numbers(trail)] == entries()
    assert len(numbers(trail)) == 1


def test_a_file_that_cannot_be_written_stops_nobody(trail: Path, caplog: pytest.LogCaptureFixture) -> None:
    trail.mkdir(parents=True)
    audit.record("tests.first", actor=None)
    assert "cannot be written" in caplog.text
    trail.rmdir()
    audit.record("tests.second", actor=None)
    assert numbers(trail) == entries()
    assert len(entries()) == 2


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """As on a disk with little room: a write stops in the middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_no_half_line(trail: Path) -> None:
    audit.record("tests.first", actor=None)
    whole = trail.read_bytes()
    entry = AuditEntry.objects.create(action="tests.big", actor_name="system", details={"text": "x" * 9_000})
    with _files_of_at_most(len(whole) + 5_000), pytest.raises(OSError, match="too large"):
        audit_file._append([(audit_file.as_line(entry) + "\n").encode()])
    assert trail.read_bytes() == whole
    audit.write_out()
    assert numbers(trail) == entries()


def test_a_line_says_the_same_as_its_row(trail: Path) -> None:
    entry = audit.record("tests.act", actor=None, details={"b": 1, "a": [1.5, None, "ß"]})
    line = json.loads(trail.read_text(encoding="utf-8"))
    assert line == {
        "id": str(entry.pk),
        "timestamp": entry.at.isoformat().replace("+00:00", "Z"),
        "action": "tests.act",
        "actor": "system",
        "resource": "",
        "details": {"a": [1.5, None, "ß"], "b": 1},
        "success": True,
        "error": "",
        "requestId": "",
    }

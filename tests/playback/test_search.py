"""Does a search find what somebody means, best first, page by page, whatever they type?"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playback.catalogue.importing import import_sids
from playback.search import index
from playback.search.models import SearchWord
from playback.search.words import is_one_typo_apart, joined, shortened, words_of
from tests.bench.hvsc_layout import make_hvsc
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Some tunes with much in common."""
    root = tmp_path / "music"
    tunes: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("GAMES/A-F/Commando.sid", "Commando", "Rob Hubbard", "1985 Elite", {"songs": 3}),
        ("GAMES/A-F/Commando_Remix.sid", "Commando Remix", "Jo Doe", "2001 Example", {"flags": 0x14}),
        ("GAMES/G-L/Light_Force.sid", "Light Force", "Rob Hubbard", "1986 FTL", {}),
        ("MUSICIANS/D/Doe_Jo/Elite.sid", "Élan vital", "Jo Doe", "1991 Løvehus", {"flags": 0x28}),
        ("MUSICIANS/D/Doe_Jo/Hubbards_Cupboard.sid", "Hubbard's Cupboard", "Jo Doe", "199? Doe", {}),
        (
            "MUSICIANS/D/Doe_Jo/Basic.sid",
            "And or not",
            "Jo Doe",
            "1983",
            {"magic": b"RSID", "init": 0, "flags": 2},
        ),
    ]
    for path, title, author, released, more in tunes:
        put(root, path, title=title, author=author, released=released, **more)
    put(root, "GAMES/M-R/Broken.sid", b"PSID")
    documents = root / "DOCUMENTS"
    documents.mkdir()
    stil = "/GAMES/G-L/Light_Force.sid\nCOMMENT: The melancholy one, from memory.\n"
    (documents / "STIL.txt").write_text(stil, encoding="windows-1252")
    import_sids(root)
    return root


@pytest.fixture
def found(client: Client, music: Path) -> Callable[..., list[str]]:
    """What a search finds: the titles, in order; "| " stands before those with other words than typed."""

    def search(text: str, **filters: Any) -> list[str]:
        answer = client.get("/api/tunes", {"q": text, **filters})
        assert answer.status_code == 200
        items = answer.json()["items"]
        assert answer.json()["count"] in (None, len(items))
        return [("| " if item["similar"] else "") + item["tracks"][0]["title"] for item in items]

    return search


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("commando", ["Commando", "Commando Remix"]),
        ("COMM", ["Commando", "Commando Remix"]),
        ("hubbard", ["Hubbard's Cupboard", "Commando", "Light Force"]),
        ("hubbard's", ["Hubbard's Cupboard"]),
        ("rob hubbard", ["Commando", "Light Force"]),
        ("commando hubbard", ["Commando"]),
        ("lightforce", ["Light Force"]),
        ("light fo", ["Light Force"]),
        ("elan", ["Élan vital"]),
        ("lovehus", ["Élan vital"]),
        ("elite", ["Commando", "Élan vital"]),
        ("melancholy", ["Light Force"]),
        ("1986", ["Light Force"]),
        ("musicians elan", ["Élan vital"]),
        ("broken", ["Broken"]),
        ("or", ["And or not"]),
        ("and or not", ["And or not"]),
        ("near(commando, 2)", []),
        ('"comm*" OR -x', []),
        ("zzz", []),
    ],
)
def test_words_find_tunes_best_first(found: Callable[..., list[str]], text: str, titles: list[str]) -> None:
    assert [title for title in found(text) if not title.startswith("|")] == titles


@pytest.mark.parametrize("text", ["comando", "commandoo", "commadno", "kommando", "cimmando"])
def test_a_typo_is_forgiven_and_said(found: Callable[..., list[str]], text: str) -> None:
    assert found(text) == ["| Commando", "| Commando Remix"]


def test_short_words_are_taken_as_typed(found: Callable[..., list[str]]) -> None:
    assert found("fte") == []


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"chip": "6581"}, ["Commando Remix"]),
        ({"clock": "NTSC"}, ["Élan vital"]),
        ({"yearFrom": 1986, "yearTo": 1991}, ["Light Force", "Élan vital"]),
        ({"songsFrom": 2}, ["Commando"]),
        ({"needsRom": "yes"}, ["And or not"]),
        ({"sids": 2}, []),
        ({"lengthFrom": 1}, []),
    ],
)
def test_filters_narrow_with_and_without_words(
    found: Callable[..., list[str]], filters: dict[str, Any], titles: list[str]
) -> None:
    assert sorted(found("", **filters)) == sorted(titles)
    for title in titles:
        assert found(title, **filters)[0] == title


def test_lengths_are_the_start_song_s(client: Client, music: Path) -> None:
    assert client.get("/api/tunes?lengthTo=5").json()["items"] == []
    from playback.models import Track

    Track.objects.filter(album__title="Commando", position=1).update(length_ms=4000)
    items = client.get("/api/tunes?lengthTo=5").json()["items"]
    assert [item["tracks"][0]["title"] for item in items] == ["Commando"]


@pytest.mark.parametrize(
    "query",
    [
        "chip=6582",
        "clock=SECAM",
        "yearFrom=x",
        "yearFrom=1",
        "sids=4",
        "limit=0",
        "limit=101",
        "needsRom=maybe",
        f"q={'a' * 201}",
        "q=commando&cursor=x",
        "q=commando&cursor=1-99999999999999999999",
        "cursor=x",
        "q=%00",
    ],
)
def test_nonsense_is_a_400(client: Client, db: None, query: str) -> None:
    assert client.get(f"/api/tunes?{query}").status_code == 400
    if "limit" not in query:
        assert client.get(f"/?{query.replace('cursor', 'after')}").status_code == 400


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_hold_every_tune_once_and_in_the_same_order(client: Client, music: Path, limit: int) -> None:
    for text in ("hubbard", "hubbarb", "doe"):
        whole = client.get("/api/tunes", {"q": text}).json()
        seen: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = client.get("/api/tunes", {"q": text, "limit": limit, "cursor": cursor}).json()
            assert page["count"] == whole["count"] == len(whole["items"]) > 1
            seen += page["items"]
            cursor = page["nextCursor"]
        assert seen == whole["items"]


def test_the_index_follows_edits_moves_and_losses(client: Client, music: Path) -> None:
    def titles(text: str) -> list[str]:
        items = client.get("/api/tunes", {"q": text}).json()["items"]
        return [item["tracks"][0]["title"] for item in items if not item["similar"]]

    put(
        music, "GAMES/A-F/Commando.sid", title="Renamed", author="Rob Hubbard", released="1985 Elite", songs=3
    )
    (music / "GAMES/G-L/Light_Force.sid").rename(music / "GAMES/M-R/Moved.sid")
    (music / "MUSICIANS/D/Doe_Jo/Elite.sid").unlink()
    import_sids(music)
    assert titles("commando") == ["Commando Remix", "Renamed"]  # its path still has the word
    assert titles("renamed") == ["Renamed"]
    assert titles("moved") == ["Light Force"]
    assert titles("elan") == []


def test_a_catalogue_without_an_index_gets_one(
    client: Client, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index.backend().clear()
    SearchWord.objects.all().delete()
    assert index.is_missing()
    assert client.get("/api/tunes?q=commando").json()["items"] == []
    call_command("rebuild_search", if_missing=True)
    assert "7 tunes" in capsys.readouterr().out
    assert len(client.get("/api/tunes?q=commando").json()["items"]) == 2
    call_command("rebuild_search", if_missing=True)
    assert capsys.readouterr().out == ""


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=60), suffix=st.sampled_from(["", " commando", "*", '"', "'", " & !", ":"]))
def test_any_text_is_answered(client: Client, text: str, suffix: str) -> None:
    answer = client.get("/api/tunes", {"q": text + suffix})
    assert answer.status_code == (400 if "\0" in text else 200)


def test_nine_typos_in_ten_are_forgiven(client: Client, tmp_path: Path) -> None:
    """On names that nobody has, from few syllables: more alike than real ones are."""
    chance = random.Random(7)
    tunes = make_hvsc(tmp_path, files=1500)
    import_sids(tmp_path)
    tried = hits = 0
    for tune in chance.sample(tunes, 250):
        words = tune.title.split()
        long = [at for at, word in enumerate(words) if len(word) >= 5]
        if not long:
            continue
        at = chance.choice(long)
        words[at] = misspelt(words[at], chance)
        items = client.get("/api/tunes", {"q": " ".join(words)}).json()["items"]
        tried += 1
        hits += tune.path in {item["tracks"][0]["path"] for item in items}
    assert tried > 150
    assert hits / tried >= 0.9


def misspelt(word: str, chance: random.Random) -> str:
    """A letter left out, put in, replaced, or swapped with the next."""
    at, letter = chance.randrange(len(word) - 1), chance.choice(ALPHABET)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def test_words() -> None:
    assert words_of("Émile’s_Café-Straße 2: 4mat & Æon") == ["emiles", "cafe", "strasse", "2", "4mat", "aeon"]
    assert joined("Light  Force!") == "lightforce"
    assert words_of(" -– ") == []


@pytest.mark.parametrize("other", ["ommando", "commandos", "comando", "xommando", "ocmmando", "commanod"])
def test_one_typo_apart(other: str) -> None:
    assert is_one_typo_apart("commando", other)
    assert is_one_typo_apart(other, "commando")
    assert set(shortened("commando")) & set(shortened(other))


@pytest.mark.parametrize("other", ["commando", "cmmandoo", "command", "commandante", "mocmando", "comamdo"])
def test_not_one_typo_apart(other: str) -> None:
    assert is_one_typo_apart("commando", other) == (other == "command")

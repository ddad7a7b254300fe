"""Does a session's token prove itself, for fifteen minutes, and nothing else do?"""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.test import override_settings

from playback.delivery.sessions import (
    ExpiredSessionError,
    MalformedSessionError,
    Session,
    UnknownSessionError,
    open_session,
    read_session,
)

TRACK = uuid.UUID("0b3f2a54-6f0e-4f0b-9a53-0d2f0a3c7e11")
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_a_session_comes_back_from_its_token_with_all_it_says() -> None:
    session = Session(TRACK, int(NOW.timestamp()) + 900, user="7", device="kitchen", epoch=3)
    with time_machine.travel(NOW):
        assert read_session(session.token()) == session


def test_it_holds_for_fifteen_minutes() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        session = open_session(TRACK)
        assert session.expires_at == NOW + timedelta(minutes=15)
        clock.move_to(NOW + timedelta(minutes=15) - timedelta(seconds=1))
        assert read_session(session.token()).track == TRACK
        clock.move_to(NOW + timedelta(minutes=15))
        with pytest.raises(ExpiredSessionError):
            read_session(session.token())


def test_a_token_is_short_and_needs_no_escape_in_an_address() -> None:
    token = open_session(TRACK).token()
    assert len(token) < 150
    assert all(character.isalnum() or character in "_-:" for character in token)


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "a b:c", "../etc:passwd", "é:é", ":", "x" * 600 + ":y"])
def test_what_has_not_the_form(text: str) -> None:
    with pytest.raises(MalformedSessionError):
        read_session(text)


def test_a_changed_token_is_unknown() -> None:
    token = open_session(TRACK).token()
    payload, signature = token.split(":")
    other = open_session(uuid.uuid4()).token().split(":")[0]
    for changed in (f"{other}:{signature}", f"{payload}:{signature[:-1]}", f"{payload}:x", "x:y"):
        with pytest.raises(UnknownSessionError):
            read_session(changed)


def test_a_token_of_another_purpose_is_unknown() -> None:
    with pytest.raises(UnknownSessionError):
        read_session(signing.Signer(salt="something else").sign_object([1, "x", 9e9, None, None, 0]))


def test_a_token_of_a_version_from_the_future_is_unknown() -> None:
    with pytest.raises(UnknownSessionError):
        read_session(signing.Signer(salt="playback.session").sign_object([99, "whatever"]))


def test_a_token_of_another_server_s_key_is_unknown() -> None:
    token = open_session(TRACK).token()
    with (
        override_settings(SECRET_KEY="another key, long enough to be one: 0123456789abcdef"),
        pytest.raises(UnknownSessionError),
    ):
        read_session(token)


def test_a_replaced_key_still_reads_what_it_signed() -> None:
    with override_settings(SECRET_KEY="the old key"):
        token = open_session(TRACK).token()
    with override_settings(SECRET_KEY="the new key", SECRET_KEY_FALLBACKS=["the old key"]):
        assert read_session(token).track == TRACK

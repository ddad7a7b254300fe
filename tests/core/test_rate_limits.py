"""Does a rate hold in every window of its period, for each client by itself, and is Retry-After true?"""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problems import TooManyRequests
from core.rate_limits import client_of, spend
from core.rates import Rate

pytestmark = pytest.mark.services

RATE = Rate(5, 60)
NOW = 1_800_000_000.0
HOME = "198.51.100.7"


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    caches["rates"].clear()
    yield
    caches["rates"].clear()


def allowed(now: float, *, rate: Rate = RATE, address: str = HOME, cost: int = 1) -> bool:
    try:
        spend("play", rate, address=address, cost=cost, now=now)
    except TooManyRequests:
        return False
    return True


def test_without_a_rate_there_is_no_limit() -> None:
    for _ in range(50):
        spend("play", None, address=HOME)


def test_as_many_as_allowed_and_no_more() -> None:
    assert [allowed(NOW) for _ in range(7)] == [True] * 5 + [False] * 2


def test_who_is_refused_is_not_held_for_longer() -> None:
    for _ in range(5):
        assert allowed(NOW)
    for second in range(60):
        assert not allowed(NOW + second)
    assert allowed(NOW + 72)


def test_clients_and_purposes_count_by_themselves() -> None:
    for _ in range(6):
        allowed(NOW)
    assert allowed(NOW, address="198.51.100.8")
    spend("other", RATE, address=HOME, now=NOW)


@settings(deadline=None)
@given(st.lists(st.floats(0, 200), max_size=60).map(sorted), st.sampled_from([1, 60, 3600]))
def test_no_window_of_a_period_holds_more(moments: list[float], period_s: int) -> None:
    caches["rates"].clear()
    rate = Rate(5, period_s)
    taken = [moment for moment in moments if allowed(NOW + moment, rate=rate)]
    for begin in taken:
        assert sum(begin <= moment < begin + period_s for moment in taken) <= rate.count


@settings(deadline=None)
@given(st.lists(st.floats(0, 60), min_size=6, max_size=20).map(sorted))
def test_after_the_time_told_it_is_allowed(moments: list[float]) -> None:
    caches["rates"].clear()
    now = NOW + moments[-1]
    for moment in moments:
        allowed(NOW + moment)
    while allowed(now):
        pass
    with pytest.raises(TooManyRequests) as refused:
        spend("play", RATE, address=HOME, now=now)
    wait_s = refused.value.retry_after_s
    assert 1 <= wait_s <= 67
    assert refused.value.headers()["Retry-After"] == str(wait_s)
    assert allowed(now + wait_s)


def test_what_costs_more_than_all_takes_all() -> None:
    assert allowed(NOW, cost=100)
    assert not allowed(NOW)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        (HOME, HOME),
        ("::ffff:198.51.100.7", HOME),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::9", "2001:db8:1:3::"),
        ("", "unknown"),
        ("fe80::1%eth0", "fe80::"),
    ],
)
def test_an_ipv6_household_is_one_client(address: str, client: str) -> None:
    assert client_of(address) == client

"""Are limits read as people write them?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rates import Rate, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("120/min", Rate(120, 60)),
        (" 5 / second ", Rate(5, 1)),
        ("1000/h", Rate(1000, 3600)),
        ("9/day", Rate(9, 86400)),
    ],
)
def test_a_rate_is_a_count_and_a_period(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


def test_an_empty_text_is_no_limit() -> None:
    assert parse_rate("  ") is None


@pytest.mark.parametrize("text", ["120", "fast", "0/min", "-1/min", "1/fortnight", "1.5/min", "min/1"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="like 120/min"):
        parse_rate(text)


@given(st.integers(min_value=1), st.sampled_from([1, 60, 3600, 86400]))
def test_a_written_rate_reads_back(count: int, period_s: int) -> None:
    rate = Rate(count, period_s)
    assert parse_rate(str(rate)) == rate

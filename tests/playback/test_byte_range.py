"""Is a Range header read as RFC 9110 has it?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playback.delivery.byte_range import (
    ByteRange,
    UnsatisfiableRangeError,
    etag_matches,
    if_range_holds,
    requested_range,
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=9-9", (9, 9)),
        ("bytes=0-", (0, 9)),
        ("bytes=5-", (5, 9)),
        ("bytes=2-4", (2, 4)),
        ("bytes=2-999", (2, 9)),
        ("bytes=-3", (7, 9)),
        ("bytes=-999", (0, 9)),
        ("BYTES=1-2", (1, 2)),
        ("bytes= 1-2 ", (1, 2)),
    ],
)
def test_a_range(header: str, expected: tuple[int, int]) -> None:
    assert requested_range(header, 10) == ByteRange(*expected)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=0-1,3-4",
        "lines=0-1",
        "bytes=--1",
        "bytes=١-٢",
    ],
)
def test_what_is_no_single_range_is_ignored(header: str | None) -> None:
    assert requested_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_range_behind_the_end(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        requested_range(header, 10)


@given(st.text(max_size=30) | st.from_regex(r"bytes=\d{0,25}-\d{0,25}", fullmatch=True), st.integers(0, 100))
def test_any_header_gives_a_part_of_the_file_or_all_of_it(header: str, size: int) -> None:
    try:
        part = requested_range(header, size)
    except UnsatisfiableRangeError:
        return
    assert part is None or 0 <= part.first <= part.last < size


def test_if_range_and_if_none_match() -> None:
    assert if_range_holds(None, '"a"')
    assert if_range_holds('"a"', '"a"')
    assert not if_range_holds('"b"', '"a"')
    assert not if_range_holds('W/"a"', '"a"')
    assert not if_range_holds("Wed, 21 Oct 2015 07:28:00 GMT", '"a"')
    assert etag_matches('"x", W/"a"', '"a"')
    assert etag_matches("*", '"a"')
    assert not etag_matches('"x"', '"a"')
    assert not etag_matches(None, '"a"')

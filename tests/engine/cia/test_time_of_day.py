"""Does the CIA's clock tell the time: tenths out of mains periods, carries, AM and PM, latching, stopping, the alarm?

Facts: MOS 6526 data sheet. The bare machine is a PAL one: 50 periods a second at the TOD pin, 985248 cycles.
"""

from collections.abc import Iterator

import pytest

from tests.engine.cpu.bench import Bench, Registers

TENTH_CYCLES = 98525
TENTHS, SECONDS, MINUTES, HOURS, FLAGS, CONTROL_A, CONTROL_B = 0x8, 0x9, 0xA, 0xB, 0xD, 0xE, 0xF


class Clock:
    """The clock of CIA 1 of a bare machine that runs nothing but a long loop."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        bench.put(0x1000, bytes([0xA2, 0, 0xFE, 0, 3, 0xCA, 0xD0, 0xFA, 0x4C, 0, 0x10]))
        bench.set(Registers(p=0x04, pc=0x1000))

    def write(self, register: int, value: int) -> None:
        self.bench.poke(0xDC00 + register, value)

    def read(self, register: int) -> int:
        return self.bench.peek(0xDC00 + register)

    def set(self, hours: int, minutes: int, seconds: int, tenths: int) -> None:
        for register, value in ((HOURS, hours), (MINUTES, minutes), (SECONDS, seconds), (TENTHS, tenths)):
            self.write(register, value)

    def time(self) -> tuple[int, int, int, int]:
        """Hours, minutes, seconds, tenths, in BCD as they are read (the order that latches and lets go)."""
        hours, minutes, seconds, tenths = (
            self.read(register) for register in (HOURS, MINUTES, SECONDS, TENTHS)
        )
        return hours, minutes, seconds, tenths

    def run(self, tenths: float) -> None:
        cycles = 0
        while cycles < tenths * TENTH_CYCLES:
            cycles += self.bench.step()


@pytest.fixture
def clock() -> Iterator[Clock]:
    with Bench(io=True) as bench:
        made = Clock(bench)
        made.write(CONTROL_A, 0x80)  # told the truth: 50 Hz
        yield made


def test_it_counts_tenths(clock: Clock) -> None:
    clock.set(0x03, 0x04, 0x05, 0x02)
    clock.run(0.5)
    before = clock.time()[3]
    clock.run(3)
    assert clock.time() == (0x03, 0x04, 0x05, before + 3)


def test_told_60_hz_at_50_it_runs_slow(clock: Clock) -> None:
    clock.write(CONTROL_A, 0x00)
    clock.set(0x03, 0x04, 0x05, 0x00)
    clock.run(6.6)
    assert clock.time()[3] == 5


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((0x01, 0x00, 0x09, 0x9), (0x01, 0x00, 0x10)),
        ((0x01, 0x09, 0x59, 0x9), (0x01, 0x10, 0x00)),
        ((0x09, 0x59, 0x59, 0x9), (0x10, 0x00, 0x00)),
        ((0x11, 0x59, 0x59, 0x9), (0x92, 0x00, 0x00)),  # 12 o'clock turns AM into PM
        ((0x91, 0x59, 0x59, 0x9), (0x12, 0x00, 0x00)),
        ((0x89, 0x59, 0x59, 0x9), (0x90, 0x00, 0x00)),
    ],
)
def test_it_carries(clock: Clock, before: tuple[int, int, int, int], after: tuple[int, int, int]) -> None:
    clock.set(*before)
    clock.run(1.5)
    assert clock.time()[:3] == after


def test_writing_the_hours_stops_it_and_writing_the_tenths_starts_it(clock: Clock) -> None:
    clock.set(0x01, 0x02, 0x03, 0x00)
    clock.write(HOURS, 0x05)
    clock.run(2.5)
    assert clock.time() == (0x05, 0x02, 0x03, 0x00)
    clock.write(TENTHS, 0x00)
    clock.run(2.5)
    assert clock.time()[3] in (2, 3)


def test_reading_the_hours_holds_the_time_until_the_tenths_are_read(clock: Clock) -> None:
    clock.set(0x01, 0x02, 0x03, 0x00)
    assert clock.read(HOURS) == 0x01
    clock.run(12)
    assert clock.read(SECONDS) == 0x03
    assert clock.read(TENTHS) == 0x00
    assert clock.read(SECONDS) == 0x04


def test_the_alarm_sets_its_flag(clock: Clock) -> None:
    clock.write(CONTROL_B, 0x80)
    clock.set(0x01, 0x00, 0x00, 0x02)
    clock.write(CONTROL_B, 0x00)
    clock.set(0x01, 0x00, 0x00, 0x00)
    clock.read(FLAGS)
    clock.run(1.5)
    assert clock.read(FLAGS) & 0x04 == 0
    clock.run(1)
    assert clock.read(FLAGS) & 0x04 == 0x04
    assert clock.read(FLAGS) & 0x04 == 0

"""Do the CIA's timers count, load, stop and cascade in the very cycles in which a 6526 does?

Figures from Wolfgang Lorenz, "A Software Model of the CIA6526", where a comment says so; every program also runs on an
independent machine.
"""

import random

import pytest

from tests.engine.cia.machines import LOG, program, run_ours, run_theirs

# Reads are eight cycles apart (LDA abs, STA abs), so that a few of them sample every phase of a short period.
SHORT_RUN = 1500


def reads(register: str, count: int) -> str:
    return "".join(f" LDA {register}\n STA ${LOG + index:04x}\n" for index in range(count))


def timer_a(latch: int, control: str) -> str:
    return f" LDA #<{latch}\n STA $dc04\n LDA #>{latch}\n STA $dc05\n LDA #{control}\n STA $dc0e\n"


def seen(source: str, count: int, cycles: int = SHORT_RUN) -> list[int]:
    """The first `count` log bytes of our machine, which the independent machine must have, too."""
    code = program(source)
    ours, theirs = run_ours(code, cycles), run_theirs(code, cycles)
    assert ours[:count].hex(" ") == theirs[:count].hex(" ")
    return list(ours[:count])


def test_a_counting_timer_reads_2_1_2_and_never_0() -> None:
    # Lorenz: counting cycles, the reload takes place of the zero: 2-1-2, period latch + 1.
    assert seen(timer_a(2, "$11") + reads("$dc04", 9), 9) == [1, 2, 2] * 3


def test_a_cascaded_timer_shows_its_zero() -> None:
    # Lorenz: cascaded it is 2-2-2-1-1-1-0-0-2. Reads 8 cycles apart walk a period of 9 backwards.
    source = " LDA #2\n STA $dc06\n LDA #0\n STA $dc07\n LDA #$51\n STA $dc0f\n" + timer_a(2, "$11")
    values = seen(source + reads("$dc06", 18), 18)
    start = next(at for at in range(9) if values[at : at + 4] == [2, 2, 2, 2])
    assert values[start : start + 9] == [2, 2, 2, 2, 0, 0, 1, 1, 1]


def test_counting_begins_two_cycles_after_the_start() -> None:
    # The read comes 4 cycles after the write to the control register.
    assert seen(timer_a(255, "$01") + reads("$dc04", 3), 3) == [0xFD, 0xF5, 0xED]


def test_a_forced_load_costs_one_count_more() -> None:
    assert seen(timer_a(255, "$11") + reads("$dc04", 3), 3) == [0xFE, 0xF6, 0xEE]


def test_one_shot_reloads_stops_and_takes_its_start_bit_back() -> None:
    source = (
        timer_a(12, "$19")
        + reads("$dc04", 4)
        + f" LDA $dc0e\n STA ${LOG + 4:04x}\n"
        + " LDA $dc0d\n STA $0405\n"
    )
    assert seen(source, 6) == [11, 3, 12, 12, 0x08, 0x01]


def test_a_stopped_timer_takes_the_latch_with_the_high_byte() -> None:
    source = " LDA #$34\n STA $dc04\n LDA $dc04\n STA $0400\n LDA #$12\n STA $dc05\n LDA $dc04\n STA $0401\n"
    assert seen(source + " LDA $dc05\n STA $0402\n", 3) == [0xFF, 0x34, 0x12]


def test_a_running_timer_keeps_counting_when_its_latch_is_written() -> None:
    source = timer_a(200, "$11") + " LDA #9\n STA $dc04\n LDA #0\n STA $dc05\n" + reads("$dc04", 2)
    first, second = seen(source, 2)
    assert 150 < first < 200
    assert first - second == 8


def test_stopping_freezes_the_counter() -> None:
    source = timer_a(200, "$11") + " LDA #0\n STA $dc0e\n" + reads("$dc04", 3)
    values = seen(source, 3)
    assert len(set(values)) == 1


def test_timer_b_linked_to_a_counts_32_bits() -> None:
    source = " LDA #$ff\n STA $dc06\n STA $dc07\n LDA #$51\n STA $dc0f\n" + timer_a(99, "$11")
    source += " LDX #250\nwait: DEX\n BNE wait\n" + reads("$dc06", 1)
    # 250 turns of 5 cycles: 12 or 13 underflows of A, one every 100 cycles.
    assert seen(source, 1, 3000)[0] in (0xFF - 12, 0xFF - 13)


def test_flags_are_set_without_the_mask_and_cleared_by_reading() -> None:
    source = timer_a(5, "$19") + " NOP\n" * 8 + reads("$dc0d", 2)
    assert seen(source, 2) == [0x01, 0x00]


def test_bit_7_of_the_flags_needs_the_mask() -> None:
    source = " LDA #$81\n STA $dc0d\n" + timer_a(5, "$19") + " NOP\n" * 8 + reads("$dc0d", 2)
    assert seen(source, 2) == [0x81, 0x00]


def test_enabling_the_mask_later_raises_bit_7() -> None:
    source = timer_a(5, "$19") + " NOP\n" * 8 + " LDA #$81\n STA $dc0d\n NOP\n" + reads("$dc0d", 2)
    assert seen(source, 2) == [0x81, 0x00]


@pytest.mark.parametrize("delay", range(12))
def test_reading_the_flags_around_an_underflow(delay: int) -> None:
    """One cycle after another: the read may come before, in, and after the cycle in which the timer runs out."""
    wait = " NOP\n" * (delay // 2) if delay % 2 == 0 else " LDA $02\n" + " NOP\n" * (delay // 2)
    for mask in ("$81", "$01"):
        source = f" LDA #{mask}\n STA $dc0d\n" + timer_a(12, "$19") + wait + reads("$dc0d", 3)
        seen(source, 3)


def random_program(rng: random.Random, steps: int) -> str:
    """Writes to and reads from one CIA's timers and flags, at random distances; what was read is logged."""
    base = rng.choice(["$dc", "$dd"])
    lines = []
    for _ in range(steps):
        lines.append(rng.choice([" NOP", " LDA $02", " NOP\n NOP", " INC $02", " LDA $02\n NOP"]))
        register = (
            rng.choice(["04", "06"]) if rng.random() < 0.5 else rng.choice(["05", "07", "0d", "0e", "0f"])
        )
        if rng.random() < 0.5:
            lines.append(f" LDA {base}{register}\n STA ${LOG:04x},Y\n INY")
            continue
        value = {
            "04": rng.randrange(40), "06": rng.randrange(8), "05": 0, "07": 0, "0d": rng.choice([0x01, 0x02, 0x03, 0x7F]),
            "0e": rng.choice([0x00, 0x01, 0x08, 0x09, 0x11, 0x19]),
            "0f": rng.choice([0x00, 0x01, 0x08, 0x09, 0x11, 0x19, 0x41, 0x49, 0x51, 0x59]),
        }[register]  # fmt: skip
        lines.append(f" LDA #{value}\n STA {base}{register}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(40))
def test_any_sequence_of_timer_accesses_reads_as_on_an_independent_machine(seed: int) -> None:
    rng = random.Random(seed)
    source = random_program(rng, 70)
    seen(source, 60)

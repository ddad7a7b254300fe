"""How is a figure measured on a noisy machine, and written down?"""

import statistics
import time
from collections.abc import Callable, Sequence

Measure = Callable[[], float]

ROUNDS = 5


def tell(name: str, value: float, unit: str) -> None:
    """One machine-readable line: name, value, unit."""
    print(f"{name} {value:.4g} {unit}", flush=True)


def alternating(measures: Sequence[Measure], *, rounds: int = ROUNDS) -> list[float]:
    """The median of each measure, taken in turns so that a busy moment of the machine meets all of them."""
    taken: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for values, measure in zip(taken, measures, strict=True):
            values.append(measure())
    return [statistics.median(values) for values in taken]


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process that `work` takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def tell_ratio(name: str, ours: float, theirs: float, *, wanted: float) -> None:
    """Speed as a ratio of two figures of one run, beside the one that is asked for."""
    tell(name, ours / theirs, f"times (wanted: {wanted:g})")

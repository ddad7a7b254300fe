"""Does the engine survive mutated tunes for a while, under the address and undefined-behaviour sanitizers?

The long run is a command: `make -C engine -f fuzz/Makefile run N=1000000`.
"""

import re
import subprocess
from pathlib import Path

ENGINE = Path(__file__).resolve().parents[3] / "engine"
SECONDS = 20


def test_mutated_tunes_do_no_harm() -> None:
    command = ["make", "-s", "-C", str(ENGINE), "-f", "fuzz/Makefile", "run", f"SECONDS={SECONDS}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    executed = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
    assert executed is not None, done.stderr[-2000:]
    assert int(executed[1]) > 500, "the sanitizers' build ran, and did more than read the seeds"

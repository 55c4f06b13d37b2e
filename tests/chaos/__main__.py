"""`make chaos`: is every message answered once and in order, whatever dies?

`SEEDS=20` runs that many scenarios, `SEED=7` that one again, `SHORT=1` short ones, `WITHOUT=fencing` (or lease, dedupe,
proof, park) with a mechanism switched off, to see that the suite notices. `SEED=7 SEEDS=3` begins at 7.
"""

import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.chaos.scenario import Scenario, play
from tests.chaos.verdict import Verdict


def main() -> int:
    """Run the scenarios; 1 if a promise was broken."""
    short = os.environ.get("SHORT", "") not in ("", "0")
    without = os.environ.get("WITHOUT", "")
    fixed = os.environ.get("SEED", "")
    first = random.randrange(10_000) if not fixed else int(fixed)
    seeds = [first + n for n in range(int(os.environ.get("SEEDS") or (1 if fixed else 5)))]
    verdicts: dict[int, Verdict] = {}
    for seed in seeds:
        verdict = play(Scenario.short(seed, without) if short else Scenario.full(seed, without))
        verdicts[seed] = verdict
        print(verdict.line(seed), flush=True)
        for trouble in verdict.troubles[:20]:
            print(f"    {trouble}", flush=True)
    total = Verdict.total(list(verdicts.values()))
    print(total.line("all"))
    for seed in (seed for seed, verdict in verdicts.items() if verdict.broken):
        print(f"run it again: make chaos SEEDS=1 SEED={seed}" + (" SHORT=1" if short else ""))
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())

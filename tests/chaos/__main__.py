"""`make chaos`: is every message answered once and in order, whatever dies?

`SEEDS=20` runs that many scenarios, `SEED=7` that one again, `SHORT=1` short ones, `WITHOUT=fencing` (or lease,
dedupe, proof) with a mechanism switched off, to see that the suite notices.
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
    seeds = [first] if fixed else [first + n for n in range(int(os.environ.get("SEEDS") or 5))]
    verdicts = []
    for seed in seeds:
        verdict = play(Scenario.short(seed, without) if short else Scenario.full(seed, without))
        verdicts.append(verdict)
        print(verdict.line(seed), flush=True)
        for trouble in verdict.troubles[:20]:
            print(f"    {trouble}", flush=True)
    total = Verdict.total(verdicts)
    print(total.line("all"))
    if total.broken:
        print(f"run a seed again: make chaos SEED={seeds[0]}" + (" SHORT=1" if short else ""))
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())

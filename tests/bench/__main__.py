"""`make bench`: how fast is it? Every figure stands beside a yardstick from the same run, since machines are noisy.

`make bench ONLY=latency` (or answers, context, ingest, sender, rebuild, erasure, instances) runs one of them.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
PARTS = ("latency", "answers", "context", "ingest", "sender", "rebuild", "erasure", "instances")


def main() -> None:
    only = os.environ.get("ONLY", "")
    for part in PARTS:
        if only in ("", part):
            print(f"── {part}", flush=True)
            for name, value in import_module(f"tests.bench.{part}").run().items():
                print(f"{name:<58} {value:>12,.2f}", flush=True)


if __name__ == "__main__":
    main()

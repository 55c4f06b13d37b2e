"""How long does an answer take? `python services/responder/tests/bench_answerer.py`; nothing is asserted."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from clinic import Clinics
from clinic.knowledge import Knowledge
from clinic.language import detect
from responder.answerer import answer, prepare

HERE = Path(__file__).parent
ROUNDS = 20


def questions() -> list[str]:
    lines = (HERE / "questions.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("|")[1].strip() for line in lines if line and not line.startswith("#")]


def figures(name: str, work: Callable[[str], object], texts: Iterable[str]) -> str:
    took: list[float] = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    p50, p95, p99 = (took[int(len(took) * part)] for part in (0.5, 0.95, 0.99))
    return (
        f"{name:<10} p50 {p50:7.3f} ms   p95 {p95:7.3f} ms   p99 {p99:7.3f} ms   max {took[-1]:7.3f} ms   n {len(took)}"
    )


def main() -> None:
    start = time.perf_counter()
    clinic = Clinics.load(HERE.parents[2] / "clinics").for_instance("demo")
    loaded = time.perf_counter()
    knowledge = Knowledge.build(clinic)
    built = time.perf_counter()
    prepare(clinic, knowledge)
    ready = time.perf_counter()
    print(f"load {loaded - start:.3f} s, index {built - loaded:.3f} s, prepare {ready - built:.3f} s")
    texts, now = questions() * ROUNDS, datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    print(figures("detect", detect, texts))
    print(figures("search", lambda text: knowledge.search(text, "pt"), texts))
    print(figures("answer", lambda text: answer(text, clinic=clinic, knowledge=knowledge, now=now), texts))
    longest = ["limpeza xpto " * 900] * 50
    print(figures("long", lambda text: answer(text, clinic=clinic, knowledge=knowledge, now=now), longest))


if __name__ == "__main__":
    main()

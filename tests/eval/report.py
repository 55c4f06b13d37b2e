"""What do the scores say, for people? Failures of the held-back half are counted and not shown: it stays unseen."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import get_args

from tests.eval.questions import Kind
from tests.eval.score import OUTCOMES, Score

KINDS: tuple[str, ...] = get_args(Kind)
HALVES = ("tune", "held")
Column = tuple[str, str]
"""A set of questions and one of its halves."""


def columns(scores: Iterable[Score]) -> list[Column]:
    """The sets in their order, each with its halves; a question that is in neither is counted with `tune`."""
    found = dict.fromkeys((score.question.set, score.question.half or "tune") for score in scores)
    sets = dict.fromkeys(name for name, _ in found)
    return [(name, half) for name in sets for half in HALVES if (name, half) in found]


def heads(title: str, scores: list[Score], width: int) -> str:
    return f"{title:<{width}}" + "".join(f"{' '.join(column):>18}" for column in columns(scores))


def share(part: int, whole: int) -> str:
    return f"{part:>4}/{whole:<4}{part / whole:>6.1%}" if whole else f"{'–':>15}"


def of_column(scores: Iterable[Score], column: Column) -> list[Score]:
    return [score for score in scores if (score.question.set, score.question.half or "tune") == column]


def good_share(scores: list[Score]) -> float:
    return sum(score.good for score in scores) / len(scores) if scores else 1.0


def table(title: str, scores: list[Score], key: Callable[[Score], str]) -> list[str]:
    """Right or rightly refused, by some property of the question."""
    lines = ["\n" + heads(title, scores, 16)]
    for name in sorted({key(score) for score in scores}):
        groups = [[score for score in of_column(scores, one) if key(score) == name] for one in columns(scores)]
        lines.append(f"{name:<16}" + "".join(f"{share(sum(s.good for s in g), len(g)):>18}" for g in groups))
    return lines


def summary(scores: list[Score]) -> list[str]:
    parts = [of_column(scores, column) for column in columns(scores)]
    rows: list[tuple[str, Callable[[Score], bool]]] = [
        *((outcome, lambda s, outcome=outcome: s.outcome == outcome) for outcome in OUTCOMES),
        ("good: right or rightly refused", lambda s: s.good),
        ("language right", lambda s: s.language_right),
        ("answers with an invented fact", lambda s: bool(s.invented)),
    ]
    lines = [heads("", scores, 32)]
    for name, holds in rows:
        lines.append(f"{name:<32}" + "".join(f"{share(sum(map(holds, part)), len(part)):>18}" for part in parts))
    return lines


def confusion(scores: list[Score]) -> list[str]:
    """Expected kind (the first acceptable one, unless the given one is acceptable too) by given kind."""
    counts = Counter((expected_kind(score), score.answer.kind) for score in scores)
    given = [*KINDS, *sorted({kind for _, kind in counts} - set(KINDS))]
    lines = ["\nexpected \\ given " + "".join(f"{kind[:9]:>10}" for kind in given)]
    for wanted in KINDS:
        row = [counts[wanted, kind] for kind in given]
        if any(row):
            lines.append(f"{wanted:<17}" + "".join(f"{count or '·':>10}" for count in row))
    return lines


def expected_kind(score: Score) -> str:
    wanted = score.question.expect.kind
    return score.answer.kind if score.answer.kind in wanted else wanted[0]


def failures(scores: list[Score]) -> list[str]:
    lines = []
    for score in scores:
        if not score.good:
            lines += [
                f"\n{score.question.id}  {score.outcome}: {'; '.join(score.faults)}",
                f"  asked  {' → '.join((*score.question.before, score.question.text))}",
                f"  told   [{score.answer.kind}, {score.answer.language}] {' / '.join(score.answer.text.splitlines())}",
            ]
    return lines


def report(scores: list[Score], *, show_held: bool) -> str:
    lines = [*summary(scores)]
    lines += table("category", scores, lambda score: score.question.category)
    lines += table("language", scores, lambda score: score.question.lang)
    lines += table("clinic", scores, lambda score: score.question.clinic)
    lines += confusion(scores)
    for column in columns(scores):
        shown = of_column(scores, column)
        missed = sum(not score.good for score in shown)
        lines.append(f"\n── {' '.join(column)}: {missed} of {len(shown)} not good")
        if column[1] == "tune" or show_held:
            lines += failures(shown)
    return "\n".join(lines)

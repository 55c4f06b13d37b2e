"""How often does what happen to lanes? Steps by their weights, each drawn from a seed of its own."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.support.lanes import CHATS, HOLDER, NAMES, STREAMS, Step

Draw = Callable[[random.Random], Any]


def _a_name(draw: random.Random) -> str:
    return draw.choice([HOLDER, HOLDER, *NAMES])


Steps = dict[str, tuple[int, dict[str, Draw]]]
"""The name of a step, its weight, and how its arguments are drawn."""
SEEDS = st.integers(0, 2**64 - 1)
TROUBLE: Steps = {
    "time_passes": (12, {"seconds": lambda draw: draw.choice([0.5, 1, 10, 100])}),
    "the_lease_runs_out_and_is_taken": (4, {"name": lambda draw: draw.choice(NAMES)}),
    "open": (4, {"name": _a_name}),
    "die": (1, {"name": _a_name}),
    "sleep": (2, {"name": _a_name}),
    "stop": (1, {"name": _a_name}),
    "wake_all": (4, {}),
    "an_operator_begins_the_group_again": (
        1,
        {"setid": lambda draw: draw.random() < 0.5, "stream": lambda draw: draw.choice(STREAMS)},
    ),
}


def arrivals(texts: Sequence[str]) -> dict[str, Draw]:
    """How `arrive` is drawn: up to seven at once, with these texts."""

    def sends(draw: random.Random) -> list[tuple[str, str]]:
        return [(draw.choice(sorted(CHATS)), draw.choice(texts)) for _ in range(draw.randrange(1, 8))]

    return {"sends": sends, "lost": lambda draw: draw.choice([None, None, None, 0, 1])}


def failing(*scripts: str) -> dict[str, Draw]:
    """How `a_call_will_fail` is drawn, of these scripts."""
    return {
        "name": _a_name,
        "script": lambda draw: draw.choice(scripts),
        "when": lambda draw: draw.choice(["before", "after", "after"]),
        "how": lambda draw: draw.choice(["lost", "lost", "dead", "asleep"]),
        "skip": lambda draw: draw.randrange(3),
    }


def steps_of(steps: Steps, least: int, most: int) -> st.SearchStrategy[list[Step]]:
    """Lists of steps. Hypothesis draws seeds, so that what is rare stays as rare as it is weighted here."""

    def a_step(seed: int) -> Step:
        draw = random.Random(seed)
        (name,) = draw.choices(list(steps), [weight for weight, _ in steps.values()])
        return name, {about: value(draw) for about, value in steps[name][1].items()}

    return st.lists(SEEDS.map(a_step), min_size=least, max_size=most)

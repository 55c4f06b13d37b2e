"""What did one run, or several, come to?"""

from collections import Counter
from dataclasses import dataclass, field

BREACHES = ("lost", "doubled", "reordered", "over_rate", "left", "untold", "views")
_COUNTS = ("messages", *BREACHES, "unknown", "proven", "unproven", "untraceable", "dead", "seconds")


@dataclass
class Verdict:
    """Counts of what went in, of promises that were broken, and of what could not be known."""

    messages: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    over_rate: int = 0
    left: int = 0
    """Still waiting somewhere when everything had long been well again."""
    untold: int = 0
    """Deliveries that the gateway told of, and no fact of ours."""
    views: int = 0
    """Projections that differ from a rebuild."""
    unknown: int = 0
    proven: int = 0
    """Unknown outcomes of which proof was found."""
    unproven: int = 0
    untraceable: int = 0
    """Second copies of what the gateway took without an answer, a webhook or a row: nobody could know of the first."""
    dead: int = 0
    seconds: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        return any(getattr(self, name) for name in BREACHES)

    def line(self, seed: object) -> str:
        faults = ", ".join(f"{name} ×{n}" for name, n in sorted(self.faults.items()))
        figures = f"{self.messages} messages, {self.lost} lost, {self.doubled} doubled, {self.reordered} reordered"
        rest = f"{self.over_rate} over the rate, {self.left} left over, {self.untold} untold, {self.views} views wrong"
        doubts = (
            f"{self.unknown} unknown outcomes: {self.proven} proven, {self.unproven} not, of which {self.untraceable} "
            f"had arrived and left no trace; {self.dead} set aside"
        )
        word = "BROKEN" if self.broken else "kept  "
        return f"{word} seed {seed}: {figures}, {rest}; {doubts}; {self.seconds} s\n    [{faults}]"

    @classmethod
    def total(cls, verdicts: list["Verdict"]) -> "Verdict":
        total = cls()
        for verdict in verdicts:
            for name in _COUNTS:
                setattr(total, name, getattr(total, name) + getattr(verdict, name))
            total.faults += verdict.faults
        return total

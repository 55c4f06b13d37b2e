"""Which known word did the patient mean, when one letter slipped?

Every known word is filed under itself and under itself less one letter, so that one look-up for each letter
of the patient's word finds all words one slip away: a letter too many, too few, wrong or swapped.
"""

from collections.abc import Iterable, Iterator

MIN_LETTERS = 5  # shorter words have too many neighbours: "pele" is not "pelo"
CHANGED = 7  # letters from which a wrong letter is forgiven: "casal" is not "canal", "vagina" not "vacina"
MAX_LETTERS = 24  # longer is no word of ours, and would cost the most
LONG = 9  # letters from which a second slip is forgiven, if asked for


class Speller:
    """Known words, found again in spite of one slip, or of two in long ones (`slips=2`)."""

    def __init__(self, known: Iterable[str], slips: int = 1) -> None:
        self.known = frozenset(known)
        self._slips = slips
        self._near: dict[str, list[str]] = {}
        for word in sorted(self.known):
            if len(word) >= MIN_LETTERS and word.isalpha():
                for key in self._keys(word):
                    self._near.setdefault(key, []).append(word)

    def __call__(self, word: str) -> str:
        """The word itself if it is known or like nothing known."""
        if word in self.known or not MIN_LETTERS <= len(word) <= MAX_LETTERS or not word.isalpha():
            return word
        near = {found for key in self._keys(word) for found in self._near.get(key, ()) if _alike(word, found)}
        ranked = [(slips(word, one), word[0] != one[0], one) for one in near]
        likely = (one for one in ranked if one[0] <= self._allowed(min(word, one[2], key=len)))
        return min(likely, default=(0, False, word))[2]

    def _allowed(self, word: str) -> int:
        return self._slips if len(word) >= LONG else 1

    def _keys(self, word: str) -> set[str]:
        keys = {word, *_shorter(word)}
        if self._slips > 1 and len(word) >= LONG:
            keys |= {short for key in tuple(keys) for short in _shorter(key)}
        return keys


def _alike(one: str, other: str) -> bool:
    """A wrong letter in a short word makes another word; one swapped, missing or doubled does not."""
    if len(one) == len(other):
        return len(one) >= CHANGED or sorted(one) == sorted(other)
    return max(len(one), len(other)) > MIN_LETTERS


def _shorter(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def slips(one: str, other: str) -> int:
    """How many letters were added, dropped, changed or swapped with a neighbour."""
    above: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        older, above, row = above, row, [at]
        for to, target in enumerate(other, start=1):
            cost = min(above[to] + 1, row[to - 1] + 1, above[to - 1] + (letter != target))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == target:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
    return row[-1]

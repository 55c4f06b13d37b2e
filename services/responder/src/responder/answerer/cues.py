"""Which words show what a patient wants? The cues are in `words/cues.yaml` and `words/emergencies.yaml`."""

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache

from responder.answerer.wordlists import wordlist

CUES: dict[str, tuple[str, ...]] = {
    name: tuple(cues) for name, cues in (wordlist("emergencies") | wordlist("cues")).items()
}


def _slot(slot: str) -> str:
    choice = [re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) for word in slot.split("|")]
    return f"(?:{'|'.join(choice)})"


def _pattern(cue: str) -> str:
    found = ""
    for slot in cue.split():
        found += r"(?:\w+ ){0,3}" if slot == "…" else rf"{_slot(slot)} "
    return found


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(_pattern(cue) for cue in CUES[name]) + ")")


@lru_cache(maxsize=8)  # one question is looked at for some thirty cues
def _split(line: str) -> tuple[list[str], frozenset[str]]:
    words = line.split(" ")
    return words, frozenset(words)


class _Begun:
    """A cue's patterns by the word that each begins with: few words begin any, and only those are tried."""

    def __init__(self, cues: tuple[str, ...]) -> None:
        self._cues: dict[str, list[str]] = {}
        for cue in cues:
            first, _, rest = cue.partition(" ")
            for word in first.split("|"):
                self._cues.setdefault(word, []).append(f"{word} {rest}".strip())
        self._whole = frozenset(self._cues)
        self._roots = tuple(word[:-1] for word in self._cues if word.endswith("*"))
        self._patterns: dict[str, re.Pattern[str]] = {}

    def holds(self, line: str) -> bool:
        """Whether a line, which ends with a space, shows the cue."""
        said, different = _split(line)
        roots = self._roots
        rooted = bool(roots) and any(word.startswith(roots) for word in different)
        if not rooted and self._whole.isdisjoint(different):
            return False
        at = 0
        for word in said:
            if any(self._pattern(one).match(line, at) for one in self._begins(word, rooted=rooted)):
                return True
            at += len(word) + 1
        return False

    def _begins(self, word: str, *, rooted: bool) -> Iterator[str]:
        if word in self._whole:
            yield word
        if rooted and word.startswith(self._roots):
            yield from (f"{root}*" for root in self._roots if word.startswith(root))

    def _pattern(self, word: str) -> re.Pattern[str]:
        """Compiled when the word is first met: most never are."""
        found = self._patterns.get(word)
        if found is None:
            found = self._patterns[word] = re.compile("|".join(_pattern(cue) for cue in self._cues[word]))
        return found


@cache
def _begun(name: str) -> _Begun:
    return _Begun(CUES[name])


@lru_cache(maxsize=256)  # within one question the same is asked in several places
def shows(name: str, line: str) -> bool:
    """Does a line of folded words show this cue?"""
    return _begun(name).holds(f"{line} ")


def alarms(line: str) -> bool:
    """Does a line of folded words tell of an emergency? What only sounds like one does not."""
    return shows("emergency_still", line) or shows("emergency", without("not_emergency", line))


def says_only(name: str, line: str) -> bool:
    """Is a line of folded words this cue and nothing else?"""
    return shows(name, line) and _compiled(name).fullmatch(f"{line} ") is not None


def without(name: str, line: str) -> str:
    """The line less what shows this cue."""
    return _compiled(name).sub("", f"{line} ").strip() if shows(name, line) else line


@cache
def compiled(cues: tuple[str, ...]) -> re.Pattern[str]:
    """Cues from elsewhere, as a clinic's own `emergency_words`."""
    return re.compile(r"(?<!\w)(?:" + "|".join(_pattern(cue) for cue in cues) + ")")


TELLS_MORE = frozenset(
    {
        "emergency",
        "how_often",
        "hurts",
        "costs",
        "fasts",
        "not_emergency",
        "emergency_still",
        "complaint",
        "not_booking",
        "advice",
        "afterwards",
        "others",
        "own_booking",
        "own_finding",
        "part_of_day",
        "plan_names",
        "proposes",
        "attribute",
        "symptom",
        "ails_me",
        "to_reminder",
    }
)  # their words may be the matter itself


def _words(names: Collection[str]) -> frozenset[str]:
    slots = (slot for name in names for cue in CUES[name] for slot in cue.split())
    return frozenset(word for slot in slots for word in slot.split("|") if word != "…")


@cache
def vocabulary() -> frozenset[str]:
    """Every whole word in the cues: known words are never taken for a slip of another."""
    return frozenset(word for word in _words(CUES) if not word.endswith("*"))


def known(word: str) -> bool:
    """Does this word stand in a cue, whole or by its beginning?"""
    return word in vocabulary() or word.startswith(roots())


@cache
def roots() -> tuple[str, ...]:
    """Every beginning of a word in the cues, written `word*` there."""
    return tuple({word[:-1] for word in _words(CUES) if word.endswith("*")})


def asking() -> tuple[frozenset[str], tuple[str, ...]]:
    """The words, and the beginnings of words, that only say what is wanted and never of what."""
    found = _words(CUES.keys() - TELLS_MORE)
    return frozenset(word for word in found if not word.endswith("*")), tuple(
        {word[:-1] for word in found if word.endswith("*")}
    )

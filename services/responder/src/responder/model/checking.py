"""May this reply be sent to the patient?

Everything a reply states must stand in what the clinic says: the facts and notes of the prompt and what tools returned.
A patient's own words are no source; a date or an hour out of them may only be asked back. A reply that fails a check is
dropped: the embedded answerer has the clinic's own words.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from clinic.language.detect import MAX_WORDS, scores
from responder.model import claims
from responder.model.figures import Figure, figures, folded, known, spelled
from responder.model.leaks import leaks
from responder.model.links import links
from responder.model.parsing import Parsed
from responder.model.prices import misplaced
from responder.model.prompt import Prompt
from responder.model.turn import Turn

MAX_CHARS = 900  # the model is asked for 500; more than this is no message for a phone
CACHED = 4096  # lines of the clinics' facts, which every reply is held against; never a patient's words
LEAST_LETTERS = 2  # ok
CLEAR = 3.0  # one word that only one language has
FEW = 6  # words of which one may be shared between languages: `Limpeza dental: R$ 180,00`
LONG, TELLING = 8, 0.25  # so many words have at least one in twelve that gives their language away
COURTESY = 12  # words that a reply may have, beside its questions, without a source
_LAYOUT = re.compile(r"```|^\s*\|.*\|\s*$|</?[a-z][^>]*>|^\s*[{\[]\s*[\"{]|\{\w+\}|!\[", re.IGNORECASE | re.MULTILINE)
_ECHOED = frozenset({"date", "hour", "half", "number"})


stated_by_clinic = lru_cache(CACHED)(known)
folded_of_clinic = lru_cache(CACHED)(folded)


class Material(Struct, frozen=True):
    """What a reply is held against."""

    turn: Turn
    prompt: Prompt
    asked: tuple[str, ...]
    """The patient's own words, of this turn and before."""
    results: tuple[str, ...] = ()
    """What tools returned."""
    found: tuple[str, ...] = ()
    """Of these, the clinic's own texts."""
    person: bool = False
    """A person has been called, or a request has been handed over."""

    @property
    def said(self) -> tuple[str, ...]:
        """What the clinic says, piece by piece."""
        return (*self.prompt.known, *self.results)


def fault(reply: Parsed, given: Material) -> str | None:
    """The name of the first check that the reply fails; None when it may be sent."""
    return next((name for name, fails in CHECKS.items() if fails(reply, given)), None)


def tidy(text: str) -> str:
    """Markdown as WhatsApp shows it, and nothing that nobody sees."""
    seen = "".join(mark for mark in text if mark in "\n\u200d" or unicodedata.category(mark)[0] != "C")
    plain = re.sub(r"\*\*(.+?)\*\*|__(.+?)__", lambda found: f"*{found[1] or found[2]}*", seen)
    plain = re.sub(r"^#{1,6}\s+(.+?)\s*#*$", r"*\1*", plain, flags=re.MULTILINE)
    plain = re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", r"\1 (\2)", plain)
    plain = re.sub(r"^\s*[-*+]\s+", "• ", plain, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def _empty(reply: Parsed, _given: Material) -> bool:
    return sum(mark.isalpha() for mark in reply.text) < LEAST_LETTERS


def _long(reply: Parsed, _given: Material) -> bool:
    return len(reply.text) > MAX_CHARS


def _layout(reply: Parsed, _given: Material) -> bool:
    return bool(_LAYOUT.search(reply.text))


def _leak(reply: Parsed, given: Material) -> bool:
    return leaks(reply.text, given.prompt)


def _link(reply: Parsed, given: Material) -> bool:
    return bool(links(reply.text) - links("\n".join(given.said)))


def _figure(reply: Parsed, given: Material) -> bool:
    """A figure that the clinic does not state; one of the patient's own may stand in a question about it."""
    may = set[Figure]().union(*map(stated_by_clinic, given.said))
    new = figures(reply.text) - may
    if new:
        stated = figures(claims.QUESTION.sub(" ", reply.text)) - may
        echoed = {one for one in known("\n".join(given.asked)) if one.kind in _ECHOED}
        if stated or not new <= echoed:
            return True
    return bool(spelled(reply.text) - spelled("\n".join(given.said)))


def _price(reply: Parsed, given: Material) -> bool:
    return misplaced(reply.text, given.turn, (*given.prompt.notes, *given.found))


def _claim(reply: Parsed, given: Material) -> bool:
    return claims.unfounded(reply.text, _folded(given))


def _language(reply: Parsed, given: Material) -> bool:
    """Clearly another language of ours, or, at some length, too little of the patient's own."""
    text, spoken = _without_names(reply.text, given), given.turn.language
    told, length = scores(text), len(text.split())
    if max(told.values()) >= told[spoken] + (CLEAR if length >= FEW else 2 * CLEAR):
        return True
    return length >= LONG and told[spoken] < TELLING * min(length, MAX_WORDS)


def _source(reply: Parsed, given: Material) -> bool:
    """What states something says where it stands; a question, a courtesy or a hand-over states nothing."""
    stated = claims.QUESTION.sub(" ", reply.text).split()
    return not (reply.sources or given.person or claims.promises_person(reply.text)) and len(stated) > COURTESY


def _folded(given: Material) -> str:
    return "\n".join(map(folded_of_clinic, given.said))


def _without_names(text: str, given: Material) -> str:
    """Names and addresses are in no language."""
    low = _folded(given)
    return " ".join(word for word in text.split() if not (word[:1].isupper() and "@" not in word and _name(word, low)))


def _name(word: str, known_text: str) -> bool:
    return len(word) > 3 and folded(word).strip(".,;:!?*()") in known_text


CHECKS: dict[str, Callable[[Parsed, Material], bool]] = {
    "empty": _empty, "length": _long, "leak": _leak, "layout": _layout, "link": _link, "figure": _figure,
    "price": _price, "claim": _claim, "language": _language, "source": _source,
}  # fmt: skip
"""In their order; the names are the values of the metric's label `check`."""

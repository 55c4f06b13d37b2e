"""Does the patient tell more of the appointment that they asked for: a day, an hour, a name, a service?

The front desk was told of the wish and has not answered yet. What comes then belongs to it, is handed on with it, and
is confirmed by nobody but the front desk.
"""

from clinic.knowledge import concepts
from clinic.language import CHATTER, words
from responder.answerer.clauses import opens
from responder.answerer.courtesy import WORDS, tells_name
from responder.answerer.cues import known
from responder.answerer.question import Question
from responder.answerer.talk import Talk

PHONE = 8  # digits: a number to call, or of a document
MAX_NAME = 4  # words, with the small ones: `Ana de la Cruz`
_BETWEEN = frozenset({"da", "das", "de", "del", "do", "dos", "e", "la", "las", "los", "van", "y"})
_OTHER = (
    "address", "advice", "attribute", "booking", "charged", "complaint", "contact", "duration", "free",
    "languages", "others", "own_booking", "own_finding", "person", "preparation", "results", "services",
    "symptom", "where",
)  # fmt: skip


def tells_more(text: str, question: Question, talk: Talk) -> bool:
    """Is it about the appointment, and nothing that has an answer of its own?"""
    if not talk.requested or question.priced or question.shows(*_OTHER):
        return False
    part = question.shows("part_of_day")
    if question.shows("how_to") and not part:
        return False
    asks = "?" in text or (opens(text) and (not part or question.shows("running", "offers")))
    timed = bool(question.when.days or question.when.minute is not None) or part
    if asks_on(question, talk):
        return False
    if asks or (question.by_insurance and not timed):
        plain = question.shows("proposes") or not question.shows("running", "offers")
        matter = [word for word in question.rest if not word.startswith("confirm")]  # `can you confirm Friday?`
        return timed and plain and not (matter or question.by_insurance or question.shows("hours"))
    if timed or question.services.any:
        return not question.shows("hours")
    return tells_name(words(text)) or is_name(words(text)) or sum(map(str.isdigit, text)) >= PHONE


def asks_on(question: Question, talk: Talk) -> bool:
    """`And Sunday` goes on asking for the hours that were told just now."""
    return talk.told == "hours" and question.when.named and question.line.split()[0] in ("e", "y", "and")


def is_name(said: list[str]) -> bool:
    """`Carlos Souza`: a few words that mean nothing to us, with a number beside them or not."""
    named = [word for word in said if word not in _BETWEEN and not word.isdigit()]
    return bool(named) and len(said) <= MAX_NAME and not any(map(_means, named))


def _means(word: str) -> bool:
    return not word.isalpha() or word in CHATTER or word in WORDS or known(word) or bool(concepts.concepts(word))

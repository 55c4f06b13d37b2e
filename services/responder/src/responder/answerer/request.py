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

MAX_NAME = 4  # words, with the small ones: `Ana de la Cruz`
_BETWEEN = frozenset({"da", "das", "de", "del", "do", "dos", "e", "la", "las", "los", "van", "y"})
_OTHER = (
    "address", "advice", "attribute", "booking", "charged", "complaint", "contact", "duration", "free", "how_to",
    "languages", "others", "own_booking", "own_finding", "person", "preparation", "price", "results", "services",
    "symptom", "where",
)  # fmt: skip


def tells_more(text: str, question: Question, talk: Talk) -> bool:
    """Is it about the appointment, and nothing that has an answer of its own?"""
    if not talk.requested or question.by_insurance or question.shows(*_OTHER):
        return False
    timed = bool(question.when.days or question.when.minute is not None) or question.shows("part_of_day")
    if talk.told == "hours" and timed and question.line.split()[0] in ("e", "y", "and"):
        return False  # `and Sunday` goes on asking for the hours
    if "?" in text or opens(text):
        plain = question.shows("proposes") or not question.shows("running", "offers")
        return timed and plain and not (question.rest or question.shows("hours"))
    if timed or question.services.any:
        return not question.shows("hours")
    return tells_name(words(text)) or is_name(words(text))


def is_name(said: list[str]) -> bool:
    """`Carlos Souza`: a few words that mean nothing to us."""
    named = [word for word in said if word not in _BETWEEN]
    return bool(named) and len(said) <= MAX_NAME and not any(map(_means, named))


def _means(word: str) -> bool:
    return not word.isalpha() or word in CHATTER or word in WORDS or known(word) or bool(concepts.concepts(word))

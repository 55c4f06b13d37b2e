"""What was said in this chat before, as far as an answer may lean on it?"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from clinic.language import words
from clinic.model import Service
from responder.answerer import about_services
from responder.answerer.cues import shows
from responder.answerer.names import SMALL
from responder.answerer.question import Question
from responder.answerer.services import Named, named

OF_A_SERVICE = ("price", "charged", "free", "duration", "preparation", "around_test", "includes", "hurts")


class Talk(Struct, frozen=True):
    """The chat so far. Empty for a first message, and for one that comes long after the last."""

    about: tuple[str, ...] = ()
    """Ids of the services that were spoken of last."""
    prepared: bool = False
    """What was told of them was how to prepare."""
    requested: bool = False
    """An appointment was asked for, and the front desk was told."""
    told: str = ""
    """The kind of the last reply."""

    def services(self, question: Question) -> tuple[Service, ...]:
        return tuple(one for one in question.clinic.services if one.id in self.about)


FIRST = Talk()


def in_talk(question: Question, about: Sequence[Service], *, prepared: bool = False) -> Question:
    """The question with the subject that the chat gives it, where it names none itself."""
    if not about or question.services.sure:
        return replace(question, prepares=prepared)
    if other := _another(question, about):
        return replace(question, services=other, rest=(), prepares=prepared)
    if question.services.any or not (question.by_insurance or question.shows(*OF_A_SERVICE)):
        return question
    if question.shows("results", "moving", "booking", "own_finding", "how_often"):
        return question
    matter = [word for word in question.rest if not shows("hurts", word)]
    if any(not any(_speaks(question, one, word) for one in about) for word in matter):
        return question
    return replace(question, services=Named(sure=tuple(about)), rest=(), carried=True, line=_line(question, about))


def _line(question: Question, about: Sequence[Service]) -> str:
    """Whether it hurts stands in no service's own fields, but in a text that names it."""
    if not question.shows("hurts"):
        return question.line
    return " ".join((question.line, *(word for one in about for word in words(one.name.say(question.language)))))


def _speaks(question: Question, service: Service, word: str) -> bool:
    """Does the clinic's file say something of this about the service?"""
    return about_services.touches(question, service, [word]) or not about_services.beside(question, service, [word])


def _another(question: Question, about: Sequence[Service]) -> Named | None:
    """`And the pelvic one?`: another service, named by what differs from the one before."""
    if len(about) > 1 or not question.rest or len(question.rest) > 2:
        return None
    common = [word for word in question.lexicon.first_words(about[0]) if word not in SMALL]
    for word in common:
        found = named([word, *question.line.split()], question.lexicon)
        if len(found.sure) == 1 and found.sure[0] is not about[0] and not found.rest and not found.guessed:
            return found
    return None

"""With which of the clinic's own texts does a person take over?"""

from responder.answerer import about_services
from responder.answerer.phrases import phrase
from responder.answerer.question import Question
from responder.answerer.reading import Reading
from responder.answerer.reply import Part


def emergency(question: Question) -> Part:
    text = question.clinic.policies.emergency.say(question.language)
    return Part("emergency", text, (question.clinic.source("policies.emergency"),), wants_person=True)


def person(question: Question) -> Part:
    text = question.clinic.fallbacks.person.say(question.language)
    return Part("person", text, (question.clinic.source("fallbacks.person"),), wants_person=True)


def booking(question: Question) -> Part:
    clinic, language = question.clinic, question.language
    own = clinic.fallbacks.booking
    said = [own.say(language) if own else phrase("booking", language)]
    if question.shows("moving"):
        rule = clinic.policies.cancellation
        said += [rule.say(language)] if rule else []
    elif len(question.services.sure) == 1:
        said.append(about_services.price(question, question.services.sure[0]).text)
    return Part("person", "\n".join(said), (clinic.source("fallbacks.booking"),), wants_person=True)


def noted(question: Question, *, beside: bool = False) -> Part:
    """A day, an hour or a name for the appointment that was asked for: handed on, and not confirmed.

    `beside` another answer it tells no price.
    """
    said = [phrase("noted", question.language)]
    if len(question.services.sure) == 1 and not beside:
        said.append(about_services.price(question, question.services.sure[0]).text)
    return Part("person", "\n".join(said), (question.clinic.source("fallbacks.booking"),), wants_person=True)


def moving(question: Question, reading: Reading) -> Part:
    """What the clinic says about moving or cancelling; its front desk does it."""
    rule = question.clinic.policies.cancellation
    if rule is None:
        return next(reading.told(question), None) or booking(question)
    return Part("knowledge", rule.say(question.language), (question.clinic.source("policies.cancellation"),))


def unknown(question: Question) -> Part:
    text = question.clinic.fallbacks.unknown.say(question.language)
    return Part("unknown", text, (question.clinic.source("fallbacks.unknown"),), 0.1, wants_person=True)

"""Which of the clinic's facts answer this question, and is there one at all?"""

from collections.abc import Iterator

from clinic.language import words
from responder.answerer import about_clinic, handover
from responder.answerer.about_hours import about_hours
from responder.answerer.cues import says_only, shows
from responder.answerer.phrases import phrase
from responder.answerer.question import Question
from responder.answerer.reading import Reading, read
from responder.answerer.reply import Part
from responder.answerer.service_facts import inside, service_facts


def plan(question: Question) -> list[Part]:
    """The parts of an answer, the first thing asked first; never empty."""
    if question.emergency:
        return [handover.emergency(question)]
    if question.shows("complaint", "person"):
        return [handover.person(question)]
    if _books(question):
        return [handover.booking(question)]
    if question.shows("others", "own_booking", "own_finding"):
        return [handover.unknown(question)]
    reading = read(question)
    if question.shows("attribute") and not reading.full:
        return [handover.unknown(question)]
    if question.shows("moving") and not (reading.fits and reading.about):
        return [handover.moving(question, reading)]
    if question.shows("advice") and not question.shows("hours") and not question.priced and not reading.full:
        return [handover.unknown(question)]
    facts = list(_facts(question, reading))
    if question.carried and question.shows("hurts") and not _speaks_of_pain(question, reading):
        return [handover.unknown(question)]
    if _suffers(question, reading) and all(one.kind == "hours" for one in facts):
        return [handover.person(question), *(facts or map(about_hours, [question] if question.when.days else []))]
    told = facts or list(reading.told(question)) or [handover.unknown(question)]
    return [*told, handover.noted(question, beside=True)] if _suits(question) and not question.rest else told


def _suits(question: Question) -> bool:
    """Is the day or hour said the one that the patient would like for the appointment they asked for?"""
    asks_when = question.shows("hours", "running", "offers")
    return question.requested and bool(question.when.days or question.when.minute is not None) and not asks_when


def _speaks_of_pain(question: Question, reading: Reading) -> bool:
    """Does the text say whether the service that the chat was about hurts?"""
    held = reading.hit.held if reading.hit else frozenset()
    names = {word for one in question.services.sure for word in words(one.name.say(question.language))}
    return not held.isdisjoint(names) and any(shows("hurts", word) for word in held)


def _suffers(question: Question, reading: Reading) -> bool:
    """Does something hurt or break, of which no text speaks? Somebody who asks may mean what a treatment does."""
    if not question.shows("symptom") or question.shows("afterwards"):
        return False
    if question.asks and (question.services.any or not question.shows("ails_me")):
        return False
    return not (reading.fits and reading.of_symptom(question))


def _books(question: Question) -> bool:
    if says_only("to_reminder", question.line):
        return True
    if question.shows("how_to", "not_booking") or not question.shows("booking"):
        return False
    if question.shows("needs") and not question.when.days and not question.shows("moving"):
        return False
    return not (question.asks and question.shows("must_book"))


def _facts(question: Question, reading: Reading) -> Iterator[Part]:
    """What the clinic's own file answers."""
    yield from service_facts(question, reading)
    if question.shows("languages") and not reading.full:
        yield about_clinic.languages(question)
    if _asks_address(question, reading):
        yield about_clinic.address(question)
    if question.shows("contact") and not (reading.clear or question.services.any or question.shows("results")):
        yield about_clinic.contact(question)
    if _asks_insurance(question, reading):
        yield about_clinic.insurance(question)
    if _asks_hours(question, reading):
        yield _hours(question)


def _asks_insurance(question: Question, reading: Reading) -> bool:
    if question.insurances or (about_clinic.unknown_plan(question) and not reading.fits):
        return True
    sure = bool(question.services.any) or question.shows("pays_by_insurance")
    return question.by_insurance and (sure or not reading.clear)


def _asks_hours(question: Question, reading: Reading) -> bool:
    if (question.services.open and not question.shows("hours")) or _suits(question):
        return False
    if question.when.named and question.shows("hours"):
        return not (reading.full and reading.about)
    if question.when.named:
        return not reading.clear and not reading.strange and (question.shows("running", "offers") or not reading.about)
    return question.shows("hours") and not reading.clear and not question.priced


def _hours(question: Question) -> Part:
    """The clinic's hours are not a doctor's: with a service named, say so."""
    part = about_hours(question)
    if not question.services.sure or question.priced:
        return part
    service = question.services.sure[0]
    said = (
        service.note.say(question.language)
        if service.note
        else phrase("hours_of", question.language, service=inside(service, question.language))
    )
    return Part("hours", f"{part.text}\n{said}", part.sources, 0.7, wants_person=service.note is None)


def _asks_address(question: Question, reading: Reading) -> bool:
    """`Where can I park` names a place, but not the clinic's address."""
    return not reading.clear and (question.shows("address") or (question.shows("where") and not reading.about))

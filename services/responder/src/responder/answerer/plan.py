"""Which of the clinic's facts answer this question, and is there one at all?"""

from collections.abc import Iterator

from responder.answerer import about_clinic, about_services, formats
from responder.answerer.about_hours import about_hours
from responder.answerer.phrases import phrase
from responder.answerer.question import Question
from responder.answerer.reply import Part
from responder.knowledge import Hit

SURE = 0.50  # of the question's weight must be in a chunk before it is taken for an answer
CLEAR = 0.80  # and so much of it when a figure of the clinic's file could be the answer as well


def plan(question: Question) -> list[Part]:
    """The parts of an answer, the first thing asked first; never empty."""
    if question.emergency:
        return [_emergency(question)]
    if question.shows("complaint", "person"):
        return [_person(question)]
    if question.shows("booking") and not question.shows("how_to"):
        return [_booking(question)]
    hit = _best(question)
    return list(_facts(question, hit)) or list(_told(question, hit)) or [_unknown(question)]


def _facts(question: Question, hit: Hit | None) -> Iterator[Part]:
    """What the clinic's own file answers."""
    clear = hit is not None and hit.coverage >= CLEAR and bool(question.rest)
    yield from _service_facts(question, clear)
    if question.shows("languages"):
        yield about_clinic.languages(question)
    if question.shows("address") and not _elsewhere(question, clear):
        yield about_clinic.address(question)
    if question.shows("contact") and not clear:
        yield about_clinic.contact(question)
    if _asks_insurance(question, clear):
        yield about_clinic.insurance(question)
    if _asks_hours(question, clear):
        yield _hours(question)


def _service_facts(question: Question, clear: bool) -> Iterator[Part]:
    named = question.services
    if question.insurances or question.shows("insurance"):
        return
    priced = question.shows("price") and not question.shows("not_price")
    if named.sure:
        yield from _of_sure(question, priced, clear)
    elif priced and not clear:
        yield from _of_open(question)
    elif question.shows("services") and not clear:
        yield about_services.all_services(question)
    elif named.open and not question.when.named and not question.shows("around_test") and _bare(question, clear):
        yield from _of_open(question)


def _of_sure(question: Question, priced: bool, clear: bool) -> Iterator[Part]:
    services = question.services.sure
    if priced:
        yield from (about_services.price(question, one) for one in services)
    if question.shows("duration"):
        yield from filter(None, (about_services.duration(question, one) for one in services))
    if question.shows("preparation", "around_test"):
        yield from filter(None, (about_services.preparation(question, one) for one in services))
    elif not priced and not question.shows("duration", "hours", "not_price") and not question.when.named and _bare(question, clear):
        yield from (about_services.offered(question, one) for one in services)


def _bare(question: Question, clear: bool) -> bool:
    """Nothing but the service is named: it is asked for itself, not for what a text says about it."""
    return not question.shows("how_to") and not question.services.rest or not clear and question.shows("offers")


def _of_open(question: Question) -> Iterator[Part]:
    """A name that several services share, or a price of nothing we know."""
    named = question.services
    if named.rest or (not named.open and question.rest):
        if named.open:
            yield about_services.not_found(question)
    elif named.open:
        yield about_services.which(question, named.open)
    else:
        yield Part("ask_back", phrase("which_service", question.language), (), 0.5)


def _asks_insurance(question: Question, clear: bool) -> bool:
    if question.insurances:
        return True
    return question.shows("insurance") and (bool(question.services.sure) or not clear)


def _asks_hours(question: Question, clear: bool) -> bool:
    if question.services.open and not question.shows("hours"):
        return False
    if question.when.named and (question.shows("hours", "offers", "accepts") or not question.rest):
        return True
    return question.shows("hours") and not clear and not _priced(question)


def _priced(question: Question) -> bool:
    return question.shows("price") and not question.shows("not_price")


def _hours(question: Question) -> Part:
    """The clinic's hours are not a doctor's: with a service named, say so."""
    part = about_hours(question)
    if not question.services.sure:
        return part
    service = question.services.sure[0]
    said = service.note.say(question.language) if service.note else phrase(
        "hours_of", question.language, service=service.name.say(question.language)
    )
    return Part("hours", f"{part.text}\n{said}", part.sources, 0.7, wants_person=service.note is None)


def _elsewhere(question: Question, clear: bool) -> bool:
    """`Where can I park`: a place, but not the clinic's address."""
    return clear or bool(question.rest)


def _best(question: Question) -> Hit | None:
    hits = question.knowledge.search(question.text, question.language, limit=3)
    return hits[0] if hits else None


def _told(question: Question, hit: Hit | None) -> Iterator[Part]:
    if hit is not None and hit.coverage >= SURE:
        yield Part("knowledge", hit.text, (hit.source,), round(hit.coverage, 2))


def _emergency(question: Question) -> Part:
    text = question.clinic.policies.emergency.say(question.language)
    return Part("emergency", text, (question.clinic.source("policies.emergency"),), wants_person=True)


def _person(question: Question) -> Part:
    text = question.clinic.fallbacks.person.say(question.language)
    return Part("person", text, (question.clinic.source("fallbacks.person"),), wants_person=True)


def _booking(question: Question) -> Part:
    clinic, language = question.clinic, question.language
    own = clinic.fallbacks.booking
    said = [own.say(language) if own else phrase("booking", language)]
    if question.shows("moving") and clinic.policies.cancellation:
        said.append(clinic.policies.cancellation.say(language))
    elif len(question.services.sure) == 1:
        said.append(about_services.price(question, question.services.sure[0]).text)
    return Part("person", "\n".join(said), (clinic.source("fallbacks.booking"),), wants_person=True)


def _unknown(question: Question) -> Part:
    text = question.clinic.fallbacks.unknown.say(question.language)
    return Part("unknown", text, (question.clinic.source("fallbacks.unknown"),), 0.1, wants_person=True)


__all__ = ["formats", "plan"]

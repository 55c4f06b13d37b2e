"""Which of the clinic's facts answer this question, and is there one at all?"""

from collections.abc import Iterator

from responder.answerer import about_clinic, about_services, handover
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
        return [handover.emergency(question)]
    if question.shows("complaint", "person"):
        return [handover.person(question)]
    if question.shows("booking") and not question.shows("how_to"):
        return [handover.booking(question)]
    hit = _best(question)
    return list(_facts(question, hit)) or list(_told(question, hit)) or [handover.unknown(question)]


def _facts(question: Question, hit: Hit | None) -> Iterator[Part]:
    """What the clinic's own file answers."""
    clear = hit is not None and hit.coverage >= CLEAR and bool(question.rest)
    yield from _service_facts(question, clear)
    if question.shows("languages"):
        yield about_clinic.languages(question)
    if _asks_address(question, clear):
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
    if question.shows("results") and not priced:
        return
    if priced:
        yield from (about_services.price(question, one) for one in services)
    if question.shows("duration") and not (clear and question.services.rest):
        yield from filter(None, (about_services.duration(question, one) for one in services))
    if question.shows("preparation", "around_test"):
        yield from filter(None, (about_services.preparation(question, one) for one in services))
    elif not priced and not _asks_more(question) and _bare(question, clear):
        yield from (about_services.offered(question, one) for one in services)


def _asks_more(question: Question) -> bool:
    return question.when.named or question.shows("duration", "hours", "not_price")


def _bare(question: Question, clear: bool) -> bool:
    """Nothing but the service is named: it is asked for itself, not for what a text says about it."""
    return (not question.shows("how_to") and not question.services.rest) or (not clear and question.shows("offers"))


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
    sure = bool(question.services.sure) or question.shows("pays_by_insurance")
    return question.shows("insurance") and (sure or not clear)


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
    if not question.services.sure or _priced(question):
        return part
    service = question.services.sure[0]
    said = (
        service.note.say(question.language)
        if service.note
        else phrase("hours_of", question.language, service=about_services.inside(service, question.language))
    )
    return Part("hours", f"{part.text}\n{said}", part.sources, 0.7, wants_person=service.note is None)


def _asks_address(question: Question, clear: bool) -> bool:
    """`Where can I park` names a place, but not the clinic's address."""
    return not clear and (question.shows("address") or (question.shows("where") and not question.rest))


def _best(question: Question) -> Hit | None:
    hits = question.knowledge.search(question.text, question.language, limit=3)
    return hits[0] if hits else None


def _told(question: Question, hit: Hit | None) -> Iterator[Part]:
    if hit is not None and hit.coverage >= SURE:
        yield Part("knowledge", hit.text, (hit.source,), round(hit.coverage, 2))

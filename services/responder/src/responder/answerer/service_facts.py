"""Which facts of the services named, if any, does a question ask for?"""

from collections.abc import Iterator, Sequence

from clinic.model import Service
from responder.answerer import about_services
from responder.answerer.about_services import MAX_NEAR, inside
from responder.answerer.cues import shows
from responder.answerer.phrases import phrase
from responder.answerer.question import Question
from responder.answerer.reading import Reading
from responder.answerer.reply import Part
from responder.answerer.talk import OF_A_SERVICE

__all__ = ["inside", "service_facts"]


def service_facts(question: Question, reading: Reading) -> Iterator[Part]:
    named = question.services
    if question.by_insurance:
        return
    listed = question.shows("services") and not question.priced
    if listed and (named.guessed or not named.sure) and not reading.clear:
        yield about_services.all_services(question)
    elif named.sure:
        yield from _of_sure(question, reading)
    elif question.shows("compare") and named.open:
        yield from _compared(question)
    elif not named.open and _of_which(question, reading):
        yield Part("ask_back", phrase("which_service", question.language), (), 0.5)
    elif touched := _touched(question, reading):
        yield from filter(None, (about_services.preparation(question, one) for one in touched))
    elif (question.priced and not _told_otherwise(question, reading)) or (
        named.open and not question.when.named and not question.shows("around_test") and _bare(question, reading)
    ):
        yield from _of_open(question)


def _of_which(question: Question, reading: Reading) -> bool:
    """Is a length or a preparation asked for, or whether it is free, and not of what?"""
    if question.rest or question.when.named or question.shows("results", "how_often", "moving"):
        return False
    return question.shows("duration", "prepares", "free") and not reading.clear


def _of_sure(question: Question, reading: Reading) -> Iterator[Part]:
    services = question.services.sure
    priced = question.priced or (question.shows("free", "charged") and not reading.clear)
    if question.carried and question.shows("hurts"):
        return
    if question.shows("attribute") or (question.shows("explains") and reading.titled and not priced):
        return
    if question.shows("results") and not priced:
        return
    if priced and not (reading.full and reading.about):
        yield from (about_services.price(question, one) for one in services)
    if question.shows("duration") and not reading.clear and not reading.strange:
        yield from _lengths(question, reading)
    prepared = _prepared(question, reading)
    if prepared:
        yield from _preparations(question, reading, prepared)
    elif not priced and not _asks_more(question) and _bare(question, reading):
        yield from _offered(question, reading)


def _lengths(question: Question, reading: Reading) -> Iterator[Part]:
    """The service's own minutes; then what a text says of its length, but not how often it is due."""
    yield from filter(None, (about_services.duration(question, one) for one in question.services.sure))
    if question.carried or not (reading.full and reading.beyond and reading.of_all):
        return
    if question.shows("how_often") or not reading.shows("how_often"):
        yield from reading.told(question)


def _preparations(question: Question, reading: Reading, services: Sequence[Service]) -> Iterator[Part]:
    told = [part for one in services if (part := about_services.preparation(question, one))]
    if not told and (question.prepares or question.shows("prepares")) and (question.carried or not reading.beyond):
        told = [about_services.unprepared(question, one) for one in services[:1]]
    yield from told


def _prepared(question: Question, reading: Reading) -> Sequence[Service]:
    """Whose preparation is asked for."""
    services = question.services.sure
    if reading.fits and question.shows("afterwards"):
        return ()
    if question.shows("preparation") or (question.prepares and _only_named(question)):
        return services
    if question.carried and question.shows("fasts") and any(one.preparation for one in services):
        return services
    said = [word for word in question.line.split() if word not in question.services.used]
    touched = [one for one in services if about_services.touches(question, one, said)]
    if question.shows("around_test") and not reading.fits:
        return touched or services
    return touched if reading.about or question.shows("around_test") else ()


def _only_named(question: Question) -> bool:
    return not question.rest and not question.when.named and not question.shows(*OF_A_SERVICE, "offers")


def _offered(question: Question, reading: Reading) -> Iterator[Part]:
    if reading.full and reading.beyond and reading.of_all:
        return
    if reading.strange:
        yield about_services.not_found(question, question.services.sure)
    else:
        yield from (about_services.offered(question, one) for one in question.services.sure)


def _asks_more(question: Question) -> bool:
    return question.when.named or question.shows("duration", "hours", "not_price")


def _told_otherwise(question: Question, reading: Reading) -> bool:
    """Is the amount asked for one that the texts speak of, as `are the prices in pesos`?"""
    if reading.clear or question.shows("moving"):
        return True
    held = reading.hit.held if reading.hit and reading.full and not question.services.open else frozenset()
    return any(not shows("price", word) and not shows("costs", word) for word in held)


def _touched(question: Question, reading: Reading) -> Sequence[Service]:
    """Of the services that share the name said, those whose preparation speaks of what else is said."""
    named = question.services
    if not named.open or not named.rest or question.priced or reading.clear or len(named.open) > MAX_NEAR:
        return ()
    return [one for one in named.open if about_services.touches(question, one, named.rest)]


def _bare(question: Question, reading: Reading) -> bool:
    """Nothing but the service is named: it is asked for itself, not for what a text says about it."""
    rest = question.services.rest
    for service in question.services.sure:
        rest = about_services.beside(question, service, rest)
    if not question.shows("how_to", "must_book", "mine", "attribute") and not rest and not question.shows("not_price"):
        return True
    if not rest and question.shows("includes"):
        return True
    return not reading.clear and question.shows("offers")


def _compared(question: Question) -> Iterator[Part]:
    near = question.services.open
    if len(near) <= MAX_NEAR:
        yield from (about_services.price(question, one) for one in near)
    else:
        yield about_services.which(question, near)


def _of_open(question: Question) -> Iterator[Part]:
    """A name that several services share, or a price of nothing we know."""
    named = question.services
    if named.rest or (not named.open and question.rest):
        if named.open:
            yield about_services.not_found(question, named.open)
    elif named.open:
        yield about_services.which(question, named.open)
    else:
        yield Part("ask_back", phrase("which_service", question.language), (), 0.5)

"""What does the clinic say about a service: its price, its length, its preparation, whether there is one?"""

from collections.abc import Sequence
from decimal import Decimal

from clinic.knowledge.asked import terms
from clinic.language import CHATTER, STOP, words
from clinic.model import Service
from clinic.text import Language, Text
from responder.answerer import formats
from responder.answerer.phrases import LANGUAGE_NAMES, phrase
from responder.answerer.question import Question
from responder.answerer.reply import Part, Told

MAX_CHOICES = 8
MAX_NEAR = 4
PARTLY = 0.7  # sure of the service, but something more was said about it


def price(question: Question, service: Service) -> Part:
    language, name = question.language, formats.capital(service.name.say(question.language))
    if service.price is None:
        note = _note(question, service) or phrase("desk_price", language)
        text = f"{phrase('no_price', language, service=name)} {note}"
        more = phrase("no_price", language, service=phrase("price_word", language))
        return Part(
            "price", text, _source(question, service, "price"), 0.8, wants_person=service.note is None,
            of=Told(service.id, more, note),
        )  # fmt: skip
    text, more = (
        _priced(service, service.price, called, language) for called in (name, phrase("price_word", language))
    )
    source, note = _source(question, service, "price"), _note(question, service)
    return Part("price", _with(text, note), source, _sure(question), of=Told(service.id, more, note))


def duration(question: Question, service: Service) -> Part | None:
    if service.minutes is None:
        return None
    language = question.language
    name = formats.capital(service.name.say(language))
    text = phrase("minutes_of", language, service=name, minutes=str(service.minutes))
    more = phrase("minutes", language, minutes=str(service.minutes))
    return Part("service", text, _source(question, service, "minutes"), of=Told(service.id, more))


def preparation(question: Question, service: Service) -> Part | None:
    if service.preparation is None:
        return None
    language = question.language
    name = formats.capital(service.name.say(language))
    told, note = introduced(question, service.preparation), _note(question, service)
    text, more = (
        phrase("preparation_of", language, service=called, text=told)
        for called in (name, phrase("preparation_word", language))
    )
    source = _source(question, service, "preparation")
    return Part("knowledge", _with(text, note), source, of=Told(service.id, more, note))


def unprepared(question: Question, service: Service) -> Part:
    """Its file says nothing of how to prepare, which is not to say that nothing is needed."""
    name = formats.capital(service.name.say(question.language))
    text = f"{phrase('no_preparation', question.language, service=name)} {phrase('offer_person', question.language)}"
    return Part("unknown", text, _source(question, service), 0.2, wants_person=True)


def offered(question: Question, service: Service) -> Part:
    """Yes, there is; with its price and length."""
    language = question.language
    said = [phrase("offered", language, service=inside(service, language))]
    if service.price is not None:
        said.append(_priced(service, service.price, phrase("price_word", language), language))
    if service.minutes is not None:
        said.append(phrase("minutes", language, minutes=str(service.minutes)))
    note = _note(question, service)
    told = Told(service.id, " ".join(said[1:]), note)
    return Part("service", _with(" ".join(said), note), _source(question, service), _sure(question), of=told)


def which(question: Question, services: Sequence[Service]) -> Part:
    """Two or more fit: ask, do not guess."""
    names = [inside(service, question.language) for service in services]
    shown = formats.listed(names[:MAX_CHOICES], question.language, choice=True)
    sources = tuple(question.clinic.source(f"services.{one.id}") for one in services[:MAX_CHOICES])
    return Part("ask_back", phrase("which", question.language, names=shown), sources, 0.6)


def all_services(question: Question) -> Part:
    """Those of the kind asked for, `which vaccines`, else all."""
    kind = [one for one in question.services.open if one in question.clinic.services]
    names = [inside(service, question.language) for service in kind or question.clinic.services]
    text = phrase("services", question.language, names=formats.listed(names, question.language))
    if kind and not _whole_category(question, kind):
        text = f"{text} {phrase('other_services', question.language)}"
    return Part("service", text, (question.clinic.source("services"),), 0.9)


def _whole_category(question: Question, services: Sequence[Service]) -> bool:
    ids = {one.id for one in services}
    return any(ids == set(one.services) for one in question.clinic.categories)


def not_found(question: Question, near: Sequence[Service]) -> Part:
    """Its first word is known, the rest is not: say so, and what there is if that is little."""
    language = question.language
    said = phrase("not_found", language)
    if len(near) <= MAX_NEAR:
        names = formats.listed([inside(one, language) for one in near], language)
        said = phrase("not_quite", language, names=names)
    sources = tuple(question.clinic.source(f"services.{one.id}") for one in near[:MAX_NEAR])
    return Part("unknown", f"{said} {phrase('offer_person', language)}", sources, 0.2, wants_person=True)


def touches(question: Question, service: Service, about: Sequence[str]) -> bool:
    """Does the preparation speak of what is asked about the service?"""
    return bool(_spoken_of(question, service.preparation, about))


def beside(question: Question, service: Service, about: Sequence[str]) -> tuple[str, ...]:
    """What is asked about the service and its note does not speak of."""
    spoken = _spoken_of(question, service.note, about)
    return tuple(word for word in about if word not in spoken)


def _spoken_of(question: Question, text: Text | None, about: Sequence[str]) -> frozenset[str]:
    if text is None:
        return frozenset()
    language = question.language
    said = {term for word in words(text.say(language)) for term in terms(word, language)}
    sought = (word for word in about if word not in CHATTER and word not in STOP[language])
    return frozenset(word for word in sought if not said.isdisjoint(terms(word, language)))


def _sure(question: Question) -> float:
    return PARTLY if question.services.rest else 1.0


def _priced(service: Service, price: Decimal, called: str, language: Language) -> str:
    """A price, or that it costs nothing."""
    frame = "price_from" if service.price_from else "price"
    amount = formats.money(price, language) if price else phrase("no_charge", language)
    return phrase(frame, language, service=called, price=amount)


def introduced(question: Question, text: Text) -> str:
    """A sentence of the clinic's file; one that it has in its first language only is introduced as such."""
    said, own = text.say(question.language), question.clinic.language
    if question.language == own or said != text.say(own):
        return said
    return f"{phrase('in_our_words', question.language, language=LANGUAGE_NAMES[question.language][own])} {said}"


def _note(question: Question, service: Service) -> str:
    return introduced(question, service.note) if service.note else ""


def _with(text: str, more: str) -> str:
    return f"{text} {more}".strip()


def inside(service: Service, language: Language) -> str:
    """The name within a sentence: the capital of a sentence goes, that of an abbreviation stays."""
    name = service.name.say(language)
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def _source(question: Question, service: Service, field: str = "") -> tuple[str, ...]:
    return (question.clinic.source(f"services.{service.id}{'.' if field else ''}{field}"),)

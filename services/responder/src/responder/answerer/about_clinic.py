"""Where is the clinic, how is it reached, and which insurance and languages does it take?"""

from collections.abc import Sequence

from clinic.model import Insurance, Service
from responder.answerer import formats
from responder.answerer.about_services import MAX_NEAR, introduced
from responder.answerer.phrases import LANGUAGE_NAMES, phrase
from responder.answerer.question import Question
from responder.answerer.reply import Part


def address(question: Question) -> Part:
    clinic, language = question.clinic, question.language
    lines = [phrase("address", language, address=clinic.place.address)]
    if clinic.place.directions:
        lines.append(clinic.place.directions.say(language))
    if clinic.place.map:
        lines.append(phrase("map", language, map=clinic.place.map))
    return Part("address", "\n".join(lines), (clinic.source("place"),))


def contact(question: Question) -> Part:
    reach, language = question.clinic.contact, question.language
    lines = [phrase("phone", language, phone=reach.phone)]
    if reach.email:
        lines.append(phrase("email", language, email=reach.email))
    if reach.site:
        lines.append(phrase("site", language, site=reach.site))
    return Part("address", "\n".join(lines), (question.clinic.source("contact"),))


def languages(question: Question) -> Part:
    names = [LANGUAGE_NAMES[question.language][one] for one in question.clinic.languages]
    text = phrase("languages", question.language, names=formats.listed(names, question.language))
    return Part("knowledge", text, (question.clinic.source("languages"),))


def unknown_plan(question: Question) -> bool:
    """Is it asked whether a plan is taken that is none of the clinic's: `do you take Amil`?"""
    if question.insurances or question.services.any or not question.rest:
        return False
    if question.shows("plan_names"):
        return True
    return question.shows("takes") and all(question.lexicon.unheard(word) for word in question.rest)


def insurance(question: Question) -> Part:
    """About the plans named, about the service named, else the list."""
    if services := _asked_of(question):
        return _of_services(question, services)
    if question.insurances:
        said = [_accepted(question, one) for one in question.insurances]
        return Part("insurance", "\n".join(said), _sources(question, question.insurances))
    return _all(question)


def _accepted(question: Question, insurance: Insurance) -> str:
    language = question.language
    note = introduced(question, insurance.note) if insurance.note else ""
    return f"{phrase('insurance_yes', language, name=insurance.name)} {note}".strip()


def _all(question: Question) -> Part:
    plans, language = question.clinic.insurances, question.language
    if not plans:
        text = f"{question.clinic.fallbacks.unknown.say(language)}"
        return Part("unknown", text, (), 0.2, wants_person=True)
    names = formats.listed([one.name for one in plans], language)
    text = f"{phrase('insurance_list', language, names=names)} {phrase('insurance_other', language)}"
    return Part("insurance", text, (question.clinic.source("insurances"),), 0.9)


def _asked_of(question: Question) -> Sequence[Service]:
    """The services named; of a name that a few share, all."""
    named = question.services
    return named.sure or (named.open if len(named.open) <= MAX_NEAR and question.shows("accepts") else ())


def _of_services(question: Question, services: Sequence[Service]) -> Part:
    """Who pays for them; what each plan asked about says of itself; and all plans, where only the chat named these."""
    lines = [_of_service(question, service) for service in services]
    notes = {one.name: introduced(question, one.note) for one in question.insurances if one.note}
    if len(services) == len(question.insurances) == 1 and question.insurances[0].id in services[0].insurances:
        lines = [" ".join((*lines, *notes.values()))]
    else:
        lines += [f"{name}: {note}" for name, note in notes.items()]
    sources = [question.clinic.source(f"services.{one.id}.insurances") for one in services]
    sources += _sources(question, [one for one in question.insurances if one.note])
    if question.carried and not question.insurances:
        lines.append(_all(question).text)
    return Part("insurance", "\n".join(lines), tuple(sources))


def _of_service(question: Question, service: Service) -> str:
    language, name = question.language, formats.capital(service.name.say(question.language))
    plans = [one for one in question.clinic.insurances if one.id in service.insurances]
    missing = [one.name for one in question.insurances if one.id not in service.insurances]
    if plans and missing:
        return phrase("not_covered_by", language, service=name, name=formats.listed(missing, language))
    asked = [one for one in plans if one in question.insurances] or plans
    if not asked:
        return phrase("not_covered", language, service=name)
    return phrase("covered", language, service=name, names=formats.listed([one.name for one in asked], language))


def _sources(question: Question, plans: Sequence[Insurance]) -> tuple[str, ...]:
    return tuple(question.clinic.source(f"insurances.{one.id}") for one in plans)

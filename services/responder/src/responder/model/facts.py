"""What does the model know about the clinic before anybody asks?

One line for each fact, in the patient's language, with the place in the clinic's file that says so. Left out on
purpose: the VIPs' numbers, which are other patients', and the templates, which have gaps to fill.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from clinic import Clinic, Insurance, Language, Service, hours
from clinic.model import WEEKDAYS
from clinic.times import Span
from responder.answerer import formats

DAYS_AHEAD = 15  # "Friday of next week" is at most two weeks away


class Fact(Struct, frozen=True):
    """One thing the clinic says about itself. A `detail` is left out first when there are too many."""

    source: str
    text: str
    detail: bool = False


def facts_of(clinic: Clinic, language: Language, now: datetime) -> tuple[Fact, ...]:
    """The clinic's facts on that day, the ones that change last. The same all day: a cache may keep them."""
    return (
        *_place(clinic, language),
        *_policies(clinic, language),
        *(fact for one in clinic.insurances for fact in _insurance(clinic, one, language)),
        *(fact for one in clinic.services for fact in _service(clinic, one, language)),
        *_calendar(clinic, language, now),
    )


def _place(clinic: Clinic, language: Language) -> Iterator[Fact]:
    contact, place = clinic.contact, clinic.place
    yield Fact(clinic.source("name"), f"Name: {clinic.name}")
    if clinic.about:
        yield Fact(clinic.source("about"), clinic.about.say(language))
    known = {"Phone": contact.phone, "E-mail": contact.email, "Site": contact.site}
    yield Fact(clinic.source("contact"), "; ".join(f"{name}: {value}" for name, value in known.items() if value))
    yield Fact(clinic.source("place"), f"Address: {place.address}" + (f"; map: {place.map}" if place.map else ""))
    if place.directions:
        yield Fact(clinic.source("place.directions"), place.directions.say(language), detail=True)


def _policies(clinic: Clinic, language: Language) -> Iterator[Fact]:
    policies = clinic.policies
    yield Fact(clinic.source("policies.emergency"), f"In an emergency: {policies.emergency.say(language)}")
    if policies.cancellation:
        yield Fact(clinic.source("policies.cancellation"), policies.cancellation.say(language))


def _insurance(clinic: Clinic, one: Insurance, language: Language) -> Iterator[Fact]:
    note = f" ({one.note.say(language)})" if one.note else ""
    yield Fact(clinic.source(f"insurances.{one.id}"), f"Insurance accepted: {one.name}{note}")


def _service(clinic: Clinic, one: Service, language: Language) -> Iterator[Fact]:
    source = clinic.source(f"services.{one.id}")
    yield Fact(source, service_line(clinic, one, language))
    if one.note:
        yield Fact(f"{source}.note", f"{one.name.say(language)}: {one.note.say(language)}", detail=True)
    if one.preparation:
        text = f"{one.name.say(language)}, preparation: {one.preparation.say(language)}"
        yield Fact(f"{source}.preparation", text, detail=True)


def service_line(clinic: Clinic, one: Service, language: Language) -> str:
    """A service with its price, length and insurances."""
    parts = [f"Service: {one.name.say(language)}"]
    if one.price is not None:
        parts.append(("price from " if one.price_from else "price ") + formats.money(one.price, language))
    else:
        parts.append("no fixed price")
    if one.minutes:
        parts.append(f"{one.minutes} min")
    names = [plan.name for plan in clinic.insurances if plan.id in one.insurances]
    parts.append(f"insurances: {', '.join(names)}" if names else "no insurance")
    return "; ".join(parts)


def _calendar(clinic: Clinic, language: Language, now: datetime) -> Iterator[Fact]:
    """The next days one by one: the usual week and the holidays in it are told by their dates."""
    week = (f"{formats.weekday(at, language)} {_open(clinic, name, language)}" for at, name in enumerate(WEEKDAYS))
    yield Fact(clinic.source("hours"), f"Usual hours: {'; '.join(week)}")
    today = hours.local(clinic, now).date()
    for ahead in range(DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        spans, holiday = hours.spans_on(clinic, day), hours.holiday_on(clinic, day)
        name = {0: "Today, ", 1: "Tomorrow, "}.get(ahead, "")
        why = f" ({holiday.name.say(language)})" if holiday else ""
        said = _said(spans, language)
        field = f"hours.{WEEKDAYS[day.weekday()]}" if holiday is None else "holidays"
        yield Fact(clinic.source(field), f"{name}{formats.day(day, language)} ({day.isoformat()}){why}: {said}")
    for holiday in clinic.holidays:
        when = f"{holiday.date.day:02}/{holiday.date.month:02}" + (f"/{holiday.date.year}" if holiday.date.year else "")
        told = f"Holiday {when}, {holiday.name.say(language)}: {_said(holiday.hours, language)}"
        yield Fact(clinic.source("holidays"), told, detail=True)


def _open(clinic: Clinic, weekday: str, language: Language) -> str:
    spans: tuple[Span, ...] = getattr(clinic.hours, weekday)
    return _said(spans, language)


def _said(spans: tuple[Span, ...], language: Language) -> str:
    return formats.spans(spans, language) if spans else "closed"

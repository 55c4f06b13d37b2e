"""When is the clinic open: now, on the days asked about, in a usual week, on holidays?"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from msgspec.structs import replace

from clinic import hours
from clinic.model import WEEKDAYS
from responder.answerer import formats
from responder.answerer.phrases import phrase
from responder.answerer.question import Question
from responder.answerer.reply import Part

SOON_DAYS = 7  # a holiday this near is told with the usual week
HOLIDAYS = 4  # listed at most


def about_hours(question: Question) -> Part:
    """The part that says when it is open; and to who waits for an appointment, that this is no word on its hour."""
    part = _told(question)
    if not (question.requested and question.when.named):
        return part
    return replace(part, text=f"{part.text}\n{phrase('hour_is_the_desks', question.language)}")


def _told(question: Question) -> Part:
    asked = question.when
    if asked.holidays and asked.days:
        listed, days = _holidays(question), _days(question, None)
        return Part("hours", f"{days.text}\n{listed.text}", (*days.sources, *listed.sources))
    if asked.holidays:
        return _holidays(question)
    minute = None if question.shows("closes") else asked.minute  # `do you close at 6` is answered by the hours alone
    if asked.days:
        return _days(question, minute)
    if asked.now or (question.shows("open_now") and asked.minute is None and not question.shows("not_now")):
        return _now(question)
    if minute is not None:
        text = "\n".join(_day(question, question.today, minute))
        return Part("hours", text, (_source(question, question.today),))
    return _week(question)


def _days(question: Question, minute: int | None) -> Part:
    lines = [line for day in question.when.days for line in _day(question, day, minute)]
    return Part("hours", "\n".join(lines), tuple(_source(question, day) for day in question.when.days))


def _now(question: Question) -> Part:
    clinic, language, now = question.clinic, question.language, question.now
    until = hours.open_until(clinic, now)
    source = (_source(question, question.today),)
    if until is None:
        text = " ".join((phrase("closed_now", language), _opening(question)))
        return Part("hours", text.strip(), source)
    if until - now > timedelta(days=2):
        return Part("hours", phrase("always_open", language), source)
    shown = formats.hour(until.hour * 60 + until.minute, language)
    return Part("hours", phrase("open_now", language, until=shown), source)


def _opening(question: Question) -> str:
    opens = hours.next_opening(question.clinic, question.now)
    if opens is None:
        return ""
    language, ahead = question.language, (opens.date() - question.today).days
    name = {0: "opens_today", 1: "opens_tomorrow"}.get(ahead, "opens_on")
    time = formats.hour(opens.hour * 60 + opens.minute, language)
    return phrase(name, language, day=formats.day(opens.date(), language), time=time)


def _day(question: Question, day: date, minute: int | None = None) -> Iterator[str]:
    clinic, language = question.clinic, question.language
    spans, holiday = hours.spans_on(clinic, day), hours.holiday_on(clinic, day)
    if minute is not None:
        is_open = any(one.holds(minute) for one in spans)
        yield phrase("yes_at" if is_open else "no_at", language)  # the hour itself is the patient's, not the clinic's
    name = f"{'holiday_' if holiday else ''}{'open' if spans else 'closed'}_on"
    facts = {"name": holiday.name.say(language)} if holiday else {}
    yield phrase(name, language, day=_called(question, day), spans=formats.spans(spans, language), **facts)


def _called(question: Question, day: date) -> str:
    shown = formats.day(day, question.language)
    ahead = (day - question.today).days
    if ahead in (0, 1):
        return phrase("tomorrow" if ahead else "today", question.language, day=shown)
    return formats.capital(shown if ahead < 300 else f"{shown}/{day.year}")


def _week(question: Question) -> Part:
    clinic, language = question.clinic, question.language
    lines = [phrase("week", language)]
    for spans, days in groupby(range(7), key=lambda index: getattr(clinic.hours, WEEKDAYS[index])):
        run = list(days)
        said = formats.spans(spans, language) if spans else phrase("closed", language)
        lines.append(f"{formats.capital(formats.days(run[0], run[-1], language))}: {said}")
    soon = (question.today + timedelta(days=ahead) for ahead in range(SOON_DAYS))
    lines += [line for day in soon if hours.holiday_on(clinic, day) for line in _day(question, day)]
    return Part("hours", "\n".join(lines), (clinic.source("hours"),))


def _holidays(question: Question) -> Part:
    clinic = question.clinic
    ahead = (question.today + timedelta(days=days) for days in range(366))
    coming = [day for day in ahead if hours.holiday_on(clinic, day)][:HOLIDAYS]
    if not coming:
        return Part("hours", phrase("no_holidays", question.language), (clinic.source("holidays"),), 0.5)
    lines = [phrase("holidays", question.language), *(line for day in coming for line in _day(question, day))]
    return Part("hours", "\n".join(lines), (clinic.source("holidays"),))


def _source(question: Question, day: date) -> str:
    named = hours.holiday_on(question.clinic, day) is not None
    return question.clinic.source("holidays" if named else f"hours.{WEEKDAYS[day.weekday()]}")

"""What must hold in a clinic's file beyond the shape of its fields?

Each rule yields (field, problem); the loader puts the line to it.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clinic.countries import countries
from clinic.errors import suggestion
from clinic.model import WEEKDAYS, Clinic
from clinic.times import Span, clock

Problem = tuple[str, str]
_VARIABLE = re.compile(r"\{([^{}]*)\}")
MOST = 10**9  # a price beyond it is a slip
_PHONE = re.compile(r"\+?\d{10,15}")


def problems(clinic: Clinic) -> Iterator[Problem]:
    """Every rule, in the order in which a reader would mend the file."""
    yield from _who(clinic)
    for day in WEEKDAYS:
        yield from _spans(getattr(clinic.hours, day), f"hours.{day}")
    for index, holiday in enumerate(clinic.holidays):
        yield from _spans(holiday.hours, f"holidays[{index}].hours")
    yield from _twice([str(one.date) for one in clinic.holidays], "holidays[{}].date", "this day is listed already")
    yield from _services(clinic)
    yield from _categories(clinic)
    yield from _twice([one.id for one in clinic.insurances], "insurances[{}].id", "another insurance has this id")
    yield from _templates(clinic)


def _who(clinic: Clinic) -> Iterator[Problem]:
    yield from _twice(list(clinic.languages), "languages[{}]", "is listed twice")
    yield from _twice(list(clinic.instances), "instances[{}]", "is listed twice")
    try:
        ZoneInfo(clinic.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "timezone", f"{clinic.timezone!r} is not a timezone such as America/Sao_Paulo"
    if clinic.country and clinic.country not in countries():
        yield "country", f"{clinic.country!r} is not a country's two letters such as BR"
    for index, number in enumerate(clinic.vips):
        if not _PHONE.fullmatch(re.sub(r"[\s()-]", "", number)):
            yield f"vips[{index}]", f"{number!r} is not a number such as +5511912345678"
    if clinic.appointments and not _web(clinic.appointments.url):
        yield (
            "appointments.url",
            f"{clinic.appointments.url!r} is not an address such as https://clinic.example/requests",
        )


def _web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _spans(spans: tuple[Span, ...], field: str) -> Iterator[Problem]:
    for index, span in enumerate(spans):
        here = f"{field}[{index}]"
        if span.overnight:
            yield here, f"closes ({clock(span.closes)}) before it opens ({clock(span.opens)})"
        elif index and span.opens < spans[index - 1].closes:
            before = clock(spans[index - 1].closes)
            yield here, f"opens ({clock(span.opens)}) before the span before it closes ({before})"


def _services(clinic: Clinic) -> Iterator[Problem]:
    known = {one.id for one in clinic.insurances}
    yield from _twice([one.id for one in clinic.services], "services[{}].id", "another service has this id")
    for index, service in enumerate(clinic.services):
        here = f"services[{index}]"
        if service.price is not None and not _amount(service.price):
            yield f"{here}.price", f"{service.price} is not an amount such as 180.00"
        if service.price_from and service.price in (None, Decimal(0)):
            yield f"{here}.price_from", "needs a price to start from"
        for at, name in enumerate(service.insurances):
            if name not in known:
                yield f"{here}.insurances[{at}]", f"no insurance has the id {name!r}{suggestion(name, known)}"


def _categories(clinic: Clinic) -> Iterator[Problem]:
    known = {one.id for one in clinic.services}
    for index, category in enumerate(clinic.categories):
        for at, name in enumerate(category.services):
            if name not in known:
                yield f"categories[{index}].services[{at}]", f"no service has the id {name!r}{suggestion(name, known)}"


def _amount(price: Decimal) -> bool:
    return price.is_finite() and 0 <= price < MOST and price == round(price, 2)


def _templates(clinic: Clinic) -> Iterator[Problem]:
    for name, template in clinic.templates.items():
        for language in clinic.languages:
            text, here = template.text.say(language), f"templates.{name}.text.{language}"
            if re.search(r"[{}]", _VARIABLE.sub("", text)):
                yield here, "a brace is opened or closed alone"
            for variable in _VARIABLE.findall(text):
                if variable not in template.variables:
                    yield here, f"{{{variable}}} is not in its variables{suggestion(variable, template.variables)}"


def _twice(values: Iterable[str], field: str, problem: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield field.format(index), problem
        seen.add(value)

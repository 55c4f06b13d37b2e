"""Which prices and hours does a text state, and are they all the clinic's?"""

import re
from datetime import timedelta
from decimal import Decimal

from clinic.knowledge import Knowledge
from clinic.model import WEEKDAYS, Clinic

_MONEY = re.compile(r"R\$\s?(\d[\d.,]*\d|\d)|(\d[\d.,]*\d|\d)\s?(?:reais|reales)\b", re.IGNORECASE)
_HOUR = re.compile(r"(?<![\d,.])(\d{1,2})(?:\s?h(?![a-z])(\d{2})?|:(\d{2}))?\s?(am|pm)?(?!\w)", re.IGNORECASE)


def prices(text: str) -> set[Decimal]:
    """Every amount of money, in whichever of the two notations."""
    return {_amount(found[1] or found[2]) for found in _MONEY.finditer(text)}


def hours(text: str) -> set[int]:
    """Every hour of the day, as minutes since midnight: 8h, 8h30, 8:30, 8 am."""
    return {minute for found in _HOUR.finditer(text) if (minute := _minute(found)) is not None}


def invented(text: str, clinic: Clinic, knowledge: Knowledge) -> set[str]:
    """The prices and hours of `text` that the clinic's files do not hold."""
    known = [*knowledge.texts, *_texts(clinic)]
    known_prices = {one.price for one in clinic.services if one.price is not None}.union(*map(prices, known))
    known_hours = _opening_hours(clinic).union(*map(hours, known))
    wrong = {f"R$ {price}" for price in prices(text) - known_prices}
    return wrong | {str(timedelta(minutes=minute))[:-3] for minute in hours(text) - known_hours}


def _amount(text: str) -> Decimal:
    """1.234,00 or 1,234.00: the last mark with two digits behind it is the decimal one."""
    found = re.fullmatch(r"(.*?)[.,](\d{2})", text)
    whole, cents = (found[1], found[2]) if found else (text, "00")
    return Decimal(f"{re.sub(r'[.,]', '', whole)}.{cents}")


def _minute(found: re.Match[str]) -> int | None:
    marked = found[2] or found[3] or found[4] or "h" in found[0].lower()
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if not marked or hour > 24 or minute > 59:
        return None
    if (found[4] or "").lower() == "pm" and hour < 12:
        hour += 12
    elif (found[4] or "").lower() == "am" and hour == 12:
        hour = 0
    return hour * 60 + minute


def _opening_hours(clinic: Clinic) -> set[int]:
    weekly = [span for day in WEEKDAYS for span in getattr(clinic.hours, day)]
    special = [span for holiday in clinic.holidays for span in holiday.hours]
    return {minute % (24 * 60) for span in weekly + special for minute in (span.opens, span.closes)} | {
        span.closes for span in weekly + special
    }


def _texts(clinic: Clinic) -> list[str]:
    found = [one for service in clinic.services for one in (service.note, service.preparation) if one]
    found += [one.note for one in clinic.insurances if one.note]
    found += [one for one in (clinic.policies.emergency, clinic.policies.cancellation, clinic.place.directions) if one]
    return [said for one in found for said in (one.pt, one.es, one.en)] + [clinic.place.address, clinic.contact.phone]

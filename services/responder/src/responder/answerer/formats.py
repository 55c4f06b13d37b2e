"""How are prices, hours and dates written in the patient's language?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from clinic.text import Language
from clinic.times import MIDNIGHT, Span

_DAYS: dict[Language, tuple[str, ...]] = {
    "pt": ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OR: dict[Language, str] = {"pt": "ou", "es": "o", "en": "or"}
_AND: dict[Language, str] = {"pt": "e", "es": "y", "en": "and"}


def money(amount: Decimal, language: Language) -> str:
    """R$ 1.234,00, and R$ 1,234.00 in English."""
    text = f"{amount:,.2f}"
    return f"R$ {text}" if language == "en" else "R$ " + text.translate(str.maketrans(",.", ".,"))


def hour(minute: int, language: Language) -> str:
    """8h30, 8:30, 8:30 am."""
    hours, minutes = divmod(minute % MIDNIGHT if minute != MIDNIGHT else minute, 60)
    if language == "pt":
        return f"{hours}h{minutes:02}" if minutes else f"{hours}h"
    if language == "es":
        return f"{hours}:{minutes:02}"
    half = "am" if hours % 24 < 12 else "pm"
    shown = hours % 12 or 12
    return f"{shown}:{minutes:02} {half}" if minutes else f"{shown} {half}"


def span(one: Span, language: Language) -> str:
    opens, closes = hour(one.opens, language), hour(one.closes, language)
    return {"pt": f"das {opens} às {closes}", "es": f"de {opens} a {closes}", "en": f"{opens} to {closes}"}[language]


def spans(many: Sequence[Span], language: Language) -> str:
    return f" {_AND[language]} ".join(span(one, language) for one in many)


def weekday(index: int, language: Language) -> str:
    return _DAYS[language][index]


def day(one: date, language: Language) -> str:
    """sábado, 28/11; in English Saturday, Nov 28."""
    name = weekday(one.weekday(), language)
    return f"{name}, {_MONTHS[one.month - 1]} {one.day}" if language == "en" else f"{name}, {one.day:02}/{one.month:02}"


def days(first: int, last: int, language: Language) -> str:
    """Monday to Friday, or the one day."""
    if first == last:
        return weekday(first, language)
    return f"{weekday(first, language)} {'to' if language == 'en' else 'a'} {weekday(last, language)}"


def listed(names: Sequence[str], language: Language, *, choice: bool = False) -> str:
    """a, b e c; with `choice` a, b ou c."""
    if len(names) < 2:
        return "".join(names)
    word = (_OR if choice else _AND)[language]
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]

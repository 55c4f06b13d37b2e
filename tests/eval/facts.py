"""Which checkable facts does a text state: prices, times, phones, percentages, dates, spans, addresses, links?

A fact may be read in several ways ("8h" is a time of day or a span of eight hours); it holds all of its readings.
Each finder takes what it finds out of the text, so that no digit is read twice; the surest come first.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from tests.eval.dates import dates
from tests.eval.text import normal, words_only

NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2})?|\d+(?:[.,]\d{1,2})?"
UNITS = {
    r"min(?:uto|ute)?s?": "minutes",
    r"h(?:ora|our|r|s)s?": "hours",
    r"(?:working |business )?d(?:ia|ay)s?": "days",
    r"(?:semana|week)s?": "weeks",
    r"m(?:es(?:es)?|onths?)": "months",
    r"(?:anos?|years?)": "years",
    r"(?:vez(?:es)?|veces|cuotas?|parcelas?|instal+ments?|times|x)": "parts",
    r"(?:quadras?|cuadras?|blocks?)": "blocks",
}
UNIT = "|".join(UNITS)
BEFORE_TIME = r"\b(?:as|das|aos|a las|de las|las|ate|hasta|at|from|until|till|between|entre|to)"
HALF_DAY = r"(?:a\.?m\b\.?|p\.?m\b\.?)"
CURRENCIES = {"r$": "BRL", "brl": "BRL", "reais": "BRL", "real": "BRL", "reales": "BRL"}


class Fact(NamedTuple):
    text: str
    readings: frozenset[tuple[str, str]]

    @property
    def kind(self) -> str:
        return min(self.readings)[0]


def amount(written: str) -> Decimal:
    """1.234,00 and 1,234.00 and 1234 are the same; a separator before three digits parts thousands."""
    cents = re.search(r"[.,](\d{1,2})$", written)
    whole = re.sub(r"\D", "", written[: cents.start()] if cents else written)
    return Decimal(f"{whole}.{cents[1] if cents else 0}")


def price(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    sign = found["before"] or found["after"]
    value = amount(found["n"] or found["m"]) * (1000 if found["mil"] else 1)
    yield "price", f"{CURRENCIES.get(sign, sign)} {value:.2f}"


def clock(hour: int, minute: int = 0, half_day: str | None = None) -> Iterator[tuple[str, str]]:
    if half_day:
        hour = hour % 12 + (12 if half_day[0] == "p" else 0)
    if hour <= 24 and minute < 60:
        yield "time", f"{hour % 24:02}:{minute:02}"


def span(n: str, written: str) -> Iterator[tuple[str, str]]:
    unit = next(unit for form, unit in UNITS.items() if re.fullmatch(form, written))
    value = amount(n)
    if unit == "hours":
        unit, value = "minutes", value * 60
    yield "span", f"{value.normalize():f} {unit}"


def exact(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    yield from clock(int(found[1]), int(found[2]), found[3])


def short_hour(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    yield from clock(int(found[1]), int(found[2] or 0))
    yield "span", f"{int(found[1]) * 60 + int(found[2] or 0)} minutes"


def either_half(hour: int, minute: int = 0) -> Iterator[tuple[str, str]]:
    yield from clock(hour, minute)
    if hour < 12:
        yield from clock(hour + 12, minute)


def hours_after_word(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    yield from either_half(int(found[1]))
    yield "span", f"{int(found[1]) * 60} minutes"


FINDERS = [
    (r"(?:https?://|www\.)[^\s<>()]+", lambda m: [("link", m[0].rstrip(".,;:!?"))]),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", lambda m: [("link", m[0])]),
    (r"\b[\w-]+(?:\.[\w-]+)*\.(?:example|com|net|org|uy|br)\b(?:/[^\s<>()]*)?", lambda m: [("link", m[0].rstrip("."))]),
    (
        rf"(?P<before>r\$|u\$s|us\$|\$u|\$|€|\b(?:brl|usd|uyu|ars|eur)\b) ?(?P<n>{NUMBER})(?P<mil> mil\b)?"
        rf"|\b(?P<m>{NUMBER})(?: mil)? (?P<after>reais|real|reales|brl|pesos|dolares|dollars|euros|usd|uyu)\b",
        price,
    ),
    (
        r"\b(\d{1,3}(?:[.,]\d+)?) ?(?:%|por ?cento|por ciento|percent|per cent)",
        lambda m: [("percent", f"{amount(m[1])}")],
    ),
    (r"\b\d{5}-\d{3}\b", lambda m: [("postcode", m[0])]),
]
AFTER_DATES = [
    (r"\b(\d{1,2}):(\d{2}) ?(?:h(?:s|rs)?\b)? ?(" + HALF_DAY + ")?", exact),
    (r"(?:\+\d|\(\d|\b\d)[\d ().-]{6,}\d\b", lambda m: [("phone", re.sub(r"\D", "", m[0]))]),
    (
        r"\b(\d{1,2}) ?h(?:oras?|ours?)? ?(?:e |y |and )?(\d{1,2}) ?min\w*",
        lambda m: [("span", f"{int(m[1]) * 60 + int(m[2])} minutes")],
    ),
    (rf"\b(\d+) ?(?:a|to|e|y|o|or|ou|and|-) ?(\d+)[ -]?({UNIT})\b", lambda m: [*span(m[1], m[3]), *span(m[2], m[3])]),
    (rf"{BEFORE_TIME} (\d{{1,2}}) (?:horas?|hours?)\b", hours_after_word),
    (r"\b(\d{1,2}) ?(?:h|hs)(\d{2})?\b", short_hour),
    (rf"\b(\d+(?:[.,]\d+)?)[ -]?({UNIT})\b", lambda m: span(m[1], m[2])),
    (r"\b(\d{1,2})(?:\.(\d{2}))? ?(" + HALF_DAY + ")", lambda m: clock(int(m[1]), int(m[2] or 0), m[3])),
    (r"\b(\d{1,2}) (?:e meia|y media)\b", lambda m: either_half(int(m[1]), 30)),
    (r"\bhalf past (\d{1,2})\b", lambda m: either_half(int(m[1]), 30)),
    (r"\b(?:meio-?dia|mediodia|noon|midday)\b", lambda m: clock(12)),
    (r"\b(?:meia-?noite|medianoche|midnight)\b", lambda m: clock(0)),
    (rf"{BEFORE_TIME} (\d{{1,2}})(?![\d%]|[.,/]\d| ?[a-z]{{4}}| (?:\d|of)\b)", lambda m: either_half(int(m[1]))),
    (r"\b(?:105|112|18[058]|19[0-9]|911|999)\b", lambda m: [("phone", m[0])]),
]
STREET = r"(?:rua|r\.|avenida|av\.?|alameda|travessa|praca|calle|bulevar|plaza|rodovia|ruta)"
ADDRESS = (
    rf"\b{STREET} (?:[\w'.-]+ ){{0,5}}?[\w'.-]+,? (?:no?\.? ?)?\d{{1,5}}\b"
    r"|\b\d{1,5} (?!across)(?:[\w']+ ){1,3}(?:street|avenue|road)\b"
)


def extract(text: str) -> list[Fact]:
    """Every fact that the text states, in no particular order."""
    left = normal(text)
    found: list[Fact] = []
    for address in re.finditer(ADDRESS, left):
        found.append(Fact(address[0], frozenset({("address", words_only(address[0]))})))
        left = left.replace(re.findall(r"\d+", address[0])[-1 if left[address.start()].isalpha() else 0], "#", 1)
    left = _take(left, FINDERS, found)
    for matched, readings in dates(left):
        found.append(Fact(matched, frozenset(("date", reading) for reading in readings)))
        left = left.replace(matched, "#", 1)
    _take(left, AFTER_DATES, found)
    return found


def _take(left: str, finders: list, found: list[Fact]) -> str:  # type: ignore[type-arg]
    for pattern, read in finders:

        def note(match: re.Match[str], read=read) -> str:  # type: ignore[no-untyped-def]
            readings = frozenset(read(match))
            if not readings:
                return match[0]
            found.append(Fact(match[0].strip(), readings))
            return " # "

        left = re.sub(pattern, note, left)
    return left

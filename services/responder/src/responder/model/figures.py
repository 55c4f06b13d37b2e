"""Which figures does a text state, however they are written?

A figure has a kind and a value: R$ 180,00, 180 reais and R$180 are one figure, and 30 minutes are no R$ 30.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from clinic.language import fold
from responder.answerer import quoted
from responder.model import figure_words as words

Kind = Literal["price", "percent", "hour", "half", "date", "phone", "number"]
PHONE_DIGITS = 8  # a local number; its last eight digits are compared

_NUMBER = r"(?:\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)(?!\d)"
_SIGN = r"(?:r\$|us\$|\$|€|£|¥|\b(?:brl|usd|eur)\b)"
_PRICE = re.compile(rf"{_SIGN}\s?({_NUMBER})|({_NUMBER})\s?(?:{_SIGN}|(?:{words.MONEY})\b)")
_PERCENT = re.compile(rf"({_NUMBER})\s?(?:%|(?:{words.PERCENT})\b)|%\s?({_NUMBER})")
_ISO = re.compile(r"(?<!\d)\d{4}-(\d{1,2})-(\d{1,2})(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})\s?/\s?(\d{1,2})(?:\s?/\s?(?:\d{4}|\d{2}))?(?![\d/])")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|º|°)?\s(?:de\s|of\s|del\s)?({words.MONTH})\b")
_MONTH_DAY = re.compile(rf"\b({words.MONTH})\.?\s(\d{{1,2}})(?:st|nd|rd|th)?\b(?![:h])")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d[\d\s().\-–/]{5,}\d(?!\w)")
_DOTTED = re.compile(r"\b([ap])\.\s?m\b\.?")
_HALF_SAID = re.compile(rf"\b(\d{{1,2}})(?::(\d{{2}})|h(\d{{2}})?)?\s?(?:horas?\s)?({words.EARLY}|{words.LATE})\b")
_CLOCK = re.compile(r"(?<![\d,.])\d{1,2}(?:\s?h(?![a-z])(?:\d{2})?|:\d{2})(?:\s?[ap]m)?(?!\w)|\b\d{1,2}\s?[ap]m\b")
_AT = re.compile(rf"\b(?:{words.AT})\s(\d{{1,2}})(?![\d:h/%.,]*\d)\b")
_PLAIN = re.compile(rf"(?<![\d.,])({_NUMBER})")
_ITEM = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_SPELLED = re.compile(
    rf"\b(?:(?:{words.NUMBERS})(?:\s(?:e|y|and)\s|[\s-]))*(?:{words.NUMBERS})\s"
    rf"(?:{words.MONEY}|{words.PERCENT}|{words.EARLY}|{words.LATE}|{words.SHARP})\b"
    rf"|\b(?:{words.AT})\s(?:{words.NUMBERS})(?=\s*(?:$|[.,;!?]|horas\b|e meia|y media|{words.SHARP}))",
    re.MULTILINE,
)


class Figure(NamedTuple):
    """One figure of a text. A `half` is an hour of which nobody said whether it is in the morning."""

    kind: Kind
    value: str


def figures(text: str) -> set[Figure]:
    """Every figure of the text; what has been read as one kind is not read as another."""
    reader = _Reader(_DOTTED.sub(r"\1m", folded(_ITEM.sub(" ", text))))
    reader.take(_PRICE, lambda found: Figure("price", _amount(found[1] or found[2])))
    reader.take(_PERCENT, lambda found: Figure("percent", _amount(found[1] or found[2])))
    reader.take(_ISO, lambda found: _date(found[2], found[1]))
    reader.take(_SLASHED, lambda found: _date(found[1], found[2]))
    reader.take(_DAY_MONTH, lambda found: _date(found[1], words.MONTHS[found[2]]))
    reader.take(_MONTH_DAY, lambda found: _date(found[2], words.MONTHS[found[1]]))
    reader.take(_PHONE, _phone)
    reader.take(_HALF_SAID, _half_said)
    reader.take(_CLOCK, lambda found: next((Figure("hour", str(one % 1440)) for one in quoted.hours(found[0])), None))
    reader.take(_AT, lambda found: Figure("half", str(int(found[1]) % 12)) if int(found[1]) <= 24 else None)
    reader.take(_PLAIN, lambda found: Figure("number", _amount(found[1])))
    return reader.found


def known(texts: str) -> set[Figure]:
    """The figures that a reply may state when this is what the clinic says: an hour also without its half of the day,
    and any figure's digits as a plain number, which has no unit that could be wrong."""
    stated = figures(texts)
    halves = {Figure("half", str(int(one.value) // 60 % 12)) for one in stated if one.kind == "hour"}
    return stated | halves | {Figure("number", _amount(digits)) for digits in re.findall(r"\d+", folded(texts))}


def spelled(text: str) -> set[str]:
    """Amounts, rates and times of day in words: `duzentos reais`, `at ten`."""
    return {" ".join(found[0].split()) for found in _SPELLED.finditer(folded(text))}


def folded(text: str) -> str:
    """`language.fold` for a text of any length, with its spaces made plain."""
    pieces = (fold(text[at : at + 500]) for at in range(0, len(text), 500))
    return re.sub(r"[^\S\n]+", " ", "".join(pieces))


class _Reader:
    """Takes one kind of figure after the other out of a text."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.found: set[Figure] = set()

    def take(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Figure | None]) -> None:
        def taken(found: re.Match[str]) -> str:
            figure = read(found)
            if figure is None:
                return found[0]
            self.found.add(figure)
            return " ; "

        self.rest = pattern.sub(taken, self.rest)


def _amount(said: str) -> str:
    """1.234,00 and 1,234.00 and 1234 as 1234; 45,5 as 45.5."""
    cents = re.fullmatch(r"(.*\d)[.,](\d{1,2})", said)
    whole, fraction = (cents[1], cents[2]) if cents else (said, "0")
    return f"{Decimal(re.sub(r'[.,]', '', whole) + '.' + fraction).normalize():f}"


def _date(day: str, month: str | int) -> Figure | None:
    try:
        date(2024, int(month), int(day))
    except ValueError:
        return None
    return Figure("date", f"{int(month):02}-{int(day):02}")


def _phone(found: re.Match[str]) -> Figure | None:
    digits = re.sub(r"\D", "", found[0])
    return Figure("phone", digits[-PHONE_DIGITS:]) if len(digits) >= PHONE_DIGITS else None


def _half_said(found: re.Match[str]) -> Figure | None:
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if hour > 24 or minute > 59:
        return None
    late = hour < 12 and re.fullmatch(words.LATE, found[4]) is not None
    return Figure("hour", str(((hour + 12 if late else hour) * 60 + minute) % 1440))

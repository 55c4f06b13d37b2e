"""What do a clinic's files say, and does an answer state anything that they do not?

The files are read here on their own, not through the responder's loader: a fact that the loader got wrong is invented.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from tests.eval.dates import wrong_weekdays
from tests.eval.facts import Fact, clock, extract
from tests.eval.text import normal, words_only

UNTOLD = {"quiet_hours", "vips", "templates", "synonyms", "instances", "timezone"}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
NEAR_DAYS = 14  # days of the calendar that an answer may name without the files naming them: "tomorrow, 25/11"
ECHOED = {"time", "span", "date"}  # may be repeated from the question; a price, a phone or a percentage may not


class Known:
    """A clinic's facts."""

    def __init__(self, readings: set[tuple[str, str]], text: str) -> None:
        self.readings = readings
        self.text = words_only(text)

    def has(self, fact: Fact, now: datetime, question: str = "") -> bool:
        return any(self._has(kind, value, now) for kind, value in fact.readings) or _echoed(fact, question)

    def _has(self, kind: str, value: str, now: datetime) -> bool:
        match kind:
            case "address":
                return value in self.text
            case "phone":
                return any(k == kind and _same_number(known, value) for k, known in self.readings)
            case "date":
                return value in _near(now) or any(k == kind and _same_date(known, value) for k, known in self.readings)
            case "link":
                return any(k == kind and _bare(value) in (_bare(known), *_host(known)) for k, known in self.readings)
        return (kind, value) in self.readings


@cache
def known(clinic: Path) -> Known:
    """The facts of `clinics/<name>.yaml` and of its knowledge folder."""
    texts = [COMMENT.sub("", path.read_text("utf-8")) for path in sorted((clinic.parent / clinic.stem).rglob("*.md"))]
    readings = {reading for text in texts for fact in extract(text) for reading in fact.readings}
    tree = yaml.load(clinic.read_text("utf-8"), yaml.BaseLoader)
    for key, value in _leaves(tree):
        texts.append(value)
        readings.update(_readings(key, value))
    return Known(readings, "\n".join(texts))


def invented(answer: str, *, clinic: Path, now: datetime, question: str) -> list[str]:
    """What the answer states and the files do not."""
    facts = known(clinic)
    unknown = [f"{fact.kind} {fact.text}" for fact in extract(answer) if not facts.has(fact, now, question)]
    return unknown + [f"weekday {found}" for found in wrong_weekdays(normal(answer), now.date())]


def _leaves(tree: object, key: str = "") -> Iterator[tuple[str, str]]:
    match tree:
        case dict():
            for name, below in tree.items():
                if name not in UNTOLD:
                    yield from _leaves(below, key if name in ("pt", "es", "en") else name)
        case list():
            for below in tree:
                yield from _leaves(below, key)
        case str():
            yield key, tree


def _readings(key: str, value: str) -> Iterator[tuple[str, str]]:
    if key == "price":
        yield "price", f"BRL {float(value):.2f}"
    elif key == "minutes":
        yield "span", f"{int(value)} minutes"
    elif key == "cancel_notice_hours":
        yield "span", f"{int(value) * 60} minutes"
    elif key == "date":
        yield "date", value
    elif re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", value):
        for end in value.split("-"):
            yield from clock(int(end[:2]), int(end[3:]))
    else:
        for fact in extract(value):
            yield from fact.readings


def _same_number(known_number: str, said: str) -> bool:
    """The country code may be left out, and short numbers must be whole."""
    return known_number == said or (len(said) >= 8 and known_number.endswith(said))


def _same_date(known_date: str, said: str) -> bool:
    return known_date == said or (len(said) != len(known_date) and known_date[-5:] == said[-5:])


def _near(now: datetime) -> set[str]:
    days = [(now + timedelta(days=n)).date().isoformat() for n in range(-1, NEAR_DAYS + 1)]
    return {*days, *(day[5:] for day in days)}


def _echoed(fact: Fact, question: str) -> bool:
    asked = {reading for other in extract(question) for reading in other.readings}
    return any(reading in asked for reading in fact.readings if reading[0] in ECHOED)


def _bare(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", link)


def _host(link: str) -> list[str]:
    return [] if "@" in link else [_bare(link).split("/")[0]]

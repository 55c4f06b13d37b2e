"""Which questions does a message hold, when it holds more than one?"""

import re
from collections.abc import Iterator

from msgspec import Struct

from clinic.language import words
from responder.answerer.courtesy import GREETINGS
from responder.answerer.cues import shows
from responder.answerer.wordlists import wordlist

MAX_CLAUSES = 4  # more are read as one: a reply has room for so many answers at most
_ENDS = re.compile(r"(?<=[?!\n;])\s*|(?<=\.)\s+")
_JOINS = re.compile(r",?\s+(?:e|y|and|also|tambem|também|también|mas|pero|but|e também|y también)\s+|,\s*|\s+[-+&]\s+")
_LISTS = {name: frozenset(listed.split()) for name, listed in wordlist("clauses").items()}
_LEADS = _LISTS["leads"] | GREETINGS
_WONDERS = re.compile(
    r"(?:(?:eu|i|me) )?(?:(?:would )?(?:quisiera|queria|quiero|quero|gostaria|want|wanted|like|need|preciso|necesito)"
    r"(?: de| to)? (?:saber|know|preguntar|perguntar|consultar|ask|find out)|was wondering|wondering)\b"
)


class Clause(Struct, frozen=True):
    text: str
    asks: bool


def clauses(text: str) -> list[Clause]:
    """The message cut where a new question begins; one clause if it is one."""
    found = [clause for sentence in _ENDS.split(text) if words(sentence) for clause in _clauses(sentence)]
    return found if len(found) <= MAX_CLAUSES else [Clause(text, asks=True)]


def _clauses(sentence: str) -> Iterator[Clause]:
    """A sentence is cut before `and`, or a comma, where what follows begins like a question and what leads does too."""
    asks = "?" in sentence
    at = 0
    for join in _JOINS.finditer(sentence):
        before, after = sentence[at : join.start()], sentence[join.end() :]
        if opens(before) and opens(after):
            yield Clause(before, asks=True)
            at = join.end()
    yield Clause(sentence[at:], asks=asks or opens(sentence[at:]))


def opens(text: str) -> bool:
    """Does this begin like a question?"""
    said = words(text)
    while said and said[0] in _LEADS:
        said = said[1:]
    line = " ".join(said)
    if wonders := _WONDERS.match(line):
        return len(line) > wonders.end()
    asks = len(said) > 1 and (shows("opens", said[0]) or shows("asks_for", line))
    return asks and said[0] not in _LISTS["tells"]

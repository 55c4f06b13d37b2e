"""Which answers does a message get that may ask for several things?"""

from collections.abc import Callable, Iterable, Iterator

from clinic.language import words
from responder.answerer.clauses import clauses
from responder.answerer.courtesy import courtesy
from responder.answerer.phrases import phrase
from responder.answerer.plan import plan
from responder.answerer.question import Question
from responder.answerer.reply import Part
from responder.answerer.talk import in_talk

OPEN = frozenset({"unknown", "ask_back"})

Understand = Callable[[str], Question]


def answered(text: str, whole: Question, understand: Understand) -> list[Part]:
    """Each question of a message in its order where each can be answered by itself, else the message as a whole."""
    if whole.shows("complaint", "person"):
        return plan(whole)
    asked = [one.text for one in clauses(text) if one.asks and courtesy(words(one.text), asks=False) is None]
    if len(asked) < 2:
        return plan(whole)
    each = [plan(one) for one in _in_turn(whole, map(understand, asked))]
    if all(map(told, each)):
        return _distinct(each)
    if not whole.services.sure and any(map(told, each)) and any(map(_asks_which, each)):
        return _some(each, whole)
    together = plan(whole)
    return together if told(together) or not any(map(told, each)) else _some(each, whole)


def _in_turn(whole: Question, asked: Iterable[Question]) -> Iterator[Question]:
    """The questions of one message; what names no service is asked of the one that was named before it, or at all."""
    about = whole.services.sure
    for one in asked:
        meant = in_talk(one, about)
        about = meant.services.sure or about
        yield meant


def told(parts: list[Part]) -> bool:
    """Is this an answer, and no shrug or question?"""
    return parts[0].kind not in OPEN


def _asks_which(parts: list[Part]) -> bool:
    return parts[0].kind == "ask_back" and bool(parts[0].sources)


def _some(each: list[list[Part]], whole: Question) -> list[Part]:
    """What is known; what has to be asked back; and that the front desk tells the rest."""
    known = [parts for parts in each if told(parts)]
    known += [parts for parts in each if parts[0].kind == "ask_back"][:1]
    missing = any(parts[0].kind == "unknown" for parts in each)
    text = phrase("rest_unknown", whole.language)
    source = (whole.clinic.source("fallbacks.unknown"),)
    return _distinct(known) + ([Part(known[0][0].kind, text, source, 0.3, wants_person=True)] if missing else [])


def _distinct(each: list[list[Part]]) -> list[Part]:
    """Nothing is told twice."""
    kept: list[Part] = []
    for part in (part for parts in each for part in parts):
        if not any(part.text == one.text or (part.sources and part.sources == one.sources) for one in kept):
            kept.append(part)
    return kept

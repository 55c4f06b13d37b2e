"""May this be asked of the front desk, and of which service, on which day, for whom?"""

from datetime import date, timedelta

from clinic import Service, hours
from clinic.language import words
from responder.answerer.lexicon import lexicon
from responder.answerer.services import named
from responder.model.turn import Turn

DAYS_AHEAD = 180


class Refused(Exception):  # noqa: N818
    """The call is not carried out; the sentence is for the model."""


def services_named(turn: Turn, name: str) -> list[Service]:
    """The services that a name may mean."""
    lexis = lexicon(turn.clinic, turn.knowledge)
    found = named(lexis.corrected(words(name)), lexis)
    return [*found.sure, *found.open]


def must_be_open(turn: Turn, day: date) -> None:
    """Refuse a day that is past, too far ahead, or on which nobody is there."""
    today = hours.local(turn.clinic, turn.now).date()
    if not today <= day <= today + timedelta(days=DAYS_AHEAD):
        raise Refused(f"the day must be from {today.isoformat()} on, at most {DAYS_AHEAD} days ahead")
    if not hours.spans_on(turn.clinic, day):
        raise Refused(f"the clinic is closed on {day.isoformat()}")


def a_name(said: str) -> str:
    """A name has letters, and nothing that is not seen or that breaks a line."""
    plain = " ".join("".join(mark for mark in said if mark.isprintable() and mark not in "<>{}[]|").split())
    if sum(mark.isalpha() for mark in plain) < 2 or sum(mark.isdigit() for mark in plain) > 2:
        raise Refused("that is no name of a person")
    return plain

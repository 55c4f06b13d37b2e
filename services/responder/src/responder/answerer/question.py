"""What does the patient ask, as far as words can tell?"""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from clinic import hours
from clinic.knowledge import Knowledge
from clinic.language import fold, words
from clinic.model import Clinic, Insurance
from clinic.text import Language
from responder.answerer.cues import alarms, shows, without
from responder.answerer.lexicon import Lexicon, insurances
from responder.answerer.services import Named, named
from responder.answerer.when import When, when


class Question(Struct, frozen=True):
    """One message, understood; everything an answer needs besides the clinic."""

    line: str
    asks: bool
    language: Language
    now: datetime
    clinic: Clinic
    knowledge: Knowledge
    lexicon: Lexicon
    when: When
    services: Named
    insurances: Sequence[Insurance]
    rest: tuple[str, ...]
    """The words that are no small words, no cues, and name no service, plan or holiday: what else it is about."""
    carried: bool = False
    """Its services are those that the chat was about."""
    requested: bool = False
    """An appointment was asked for before: its hour is not to be read out of the opening hours."""
    prepares: bool = False
    """The chat was about how to prepare, and so is a service that is only named now."""

    def shows(self, *cues: str) -> bool:
        return any(shows(cue, self.line) for cue in cues)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def emergency(self) -> bool:
        return urgent(self.line, self.lexicon)

    @property
    def priced(self) -> bool:
        """Is an amount of money asked for?"""
        if not self.shows("not_price"):
            return self.shows("price", "compare")
        return shows("amount", without("not_price", self.line))

    @property
    def by_insurance(self) -> bool:
        """Is it about what a plan pays? `Without insurance` is not."""
        if self.insurances:
            return True
        return shows("insurance", without("uninsured", self.line) if self.priced else self.line)


def urgent(line: str, lexicon: Lexicon) -> bool:
    """Is this line of corrected words an emergency, to us or to the clinic itself?"""
    said = frozenset(line.split())
    return any(matter <= said for matter in lexicon.urgent) or alarms(line)


def understand(
    text: str, language: Language, now: datetime, clinic: Clinic, knowledge: Knowledge, lexicon: Lexicon
) -> Question:
    said = lexicon.corrected(words(text))
    line = " ".join(said)
    here = hours.local(clinic, now)
    plans = insurances(line, lexicon.insurances)
    asked = named(said, lexicon)
    about = asked.rest if asked.sure else [word for word in said if not lexicon.says_nothing(word)]
    named_else = [plan_name for plan in plans for plan_name in (plan.name, *plan.synonyms)]
    padded = f" {line} "
    named_else += [holiday for holiday in lexicon.holidays if f" {holiday} " in padded]
    told = {word for name in named_else for word in words(name)} if named_else else ()
    return Question(
        line=line,
        asks="?" in text,
        language=language,
        now=here,
        clinic=clinic,
        knowledge=knowledge,
        lexicon=lexicon,
        when=when(line, fold(text), here.date(), clinic, language, lexicon.holidays),
        services=asked,
        insurances=plans,
        rest=tuple(word for word in about if word not in told),
    )

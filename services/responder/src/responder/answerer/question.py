"""What does the patient ask, as far as words can tell?"""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from responder.answerer.cues import compiled, shows
from responder.answerer.lexicon import Lexicon, insurances
from responder.answerer.services import Named, named
from responder.answerer.when import When, when
from responder.clinic import hours
from responder.clinic.model import Clinic, Insurance
from responder.clinic.text import Language
from responder.knowledge import Knowledge
from responder.language import fold, words


class Question(Struct, frozen=True):
    """One message, understood; everything an answer needs besides the clinic."""

    text: str
    line: str
    language: Language
    now: datetime
    clinic: Clinic
    knowledge: Knowledge
    when: When
    services: Named
    insurances: Sequence[Insurance]
    rest: tuple[str, ...]
    """The words that are no small words, no cues, and name no service or plan: what else it is about."""

    def shows(self, *cues: str) -> bool:
        return any(shows(cue, self.line) for cue in cues)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def emergency(self) -> bool:
        if self.shows("not_emergency"):
            return False
        own = tuple(" ".join(words(phrase)) for phrase in self.clinic.policies.emergency_words.all)
        return self.shows("emergency") or bool(own and compiled(own).search(f"{self.line} "))


def understand(
    text: str, language: Language, now: datetime, clinic: Clinic, knowledge: Knowledge, lexicon: Lexicon
) -> Question:
    said = lexicon.corrected(words(text))
    line = " ".join(said)
    here = hours.local(clinic, now)
    plans = insurances(line, lexicon.insurances)
    asked = named(said, lexicon)
    about = asked.rest if asked.sure else [word for word in said if not lexicon.says_nothing(word)]
    plan_words = {word for plan in plans for word in words(" ".join((plan.name, *plan.synonyms)))}
    return Question(
        text=line,
        line=line,
        language=language,
        now=here,
        clinic=clinic,
        knowledge=knowledge,
        when=when(line, fold(text), here.date(), clinic, language, lexicon.holidays),
        services=asked,
        insurances=plans,
        rest=tuple(word for word in about if word not in plan_words),
    )

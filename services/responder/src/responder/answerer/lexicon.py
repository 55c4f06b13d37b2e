"""Which words does this clinic's patient use, and what do they name?

Compiled once for each clinic as loaded and kept while that clinic lives.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from weakref import WeakKeyDictionary

from clinic.knowledge import Knowledge, concepts
from clinic.knowledge.spelling import Speller
from clinic.language import CHATTER, STOP, words
from clinic.language.vocabulary import IDIOMS
from clinic.model import Clinic, Insurance, Service
from clinic.text import LANGUAGES, Language
from responder.answerer import courtesy, when
from responder.answerer.cues import asking, roots, vocabulary
from responder.answerer.names import (
    SMALL,
    Form,
    all_names,
    as_said,
    by_stem,
    categories,
    holiday_names,
    kin,
    meanings,
    service_forms,
    spelled,
)
from responder.answerer.wordlists import wordlist

_ENCLITIC = re.compile(r"(?<=\w\w[aei]r)(?:me|te|se|nos|lo|la|los|las|le|les)$")  # `ponerme`
_IDIOMS = frozenset(IDIOMS.values())
_FILLERS = frozenset(wordlist("fillers")["fillers"].split())


class Lexicon:
    """The words of one clinic."""

    def __init__(self, clinic: Clinic, knowledge: Knowledge) -> None:
        self._forms = {language: tuple(service_forms(clinic, language)) for language in LANGUAGES}
        self._with = {language: by_stem(forms) for language, forms in self._forms.items()}
        self._stems = {language: spelled(clinic, language) for language in LANGUAGES}
        self.categories = {language: categories(clinic, language) for language in LANGUAGES}
        self.meanings = tuple(meanings(clinic))
        self.kin = kin(clinic)
        self.holidays = {
            said: holiday for holiday in clinic.holidays for name in holiday_names(holiday) for said in as_said(name)
        }
        self.insurances = {
            " ".join(words(name)): plan for plan in clinic.insurances for name in (plan.name, *plan.synonyms)
        }
        spoken = frozenset(word for language in LANGUAGES for word in STOP[language] | knowledge.words(language))
        named = frozenset(word for name in all_names(clinic) for word in words(name))
        wanted, self._roots = asking()
        self._shown = roots()
        self.plain = frozenset(words(clinic.name)) - named | wanted | when.WORDS | courtesy.WORDS | _FILLERS | SMALL
        self._services = Speller(named, slips=2)
        self._all = Speller(named | spoken | self.plain | vocabulary() | CHATTER | concepts.WORDS)
        self.urgent = tuple(_urgent(clinic))
        """What the clinic holds for an emergency: all words of one, in whatever order."""
        self.own = _own(clinic, knowledge)

    def forms(self, language: Language, found: Iterable[str]) -> list[Form]:
        """The names that hold any of these stems."""
        near = {at for one in found for at in self._with[language].get(one, ())}
        return [self._forms[language][at] for at in sorted(near)]

    def first_words(self, service: Service) -> list[str]:
        """The words by which a service's names begin, as patients say them before telling which one."""
        found = {form.head: None for forms in self._forms.values() for form in forms if form.service is service}
        spelled = (sorted(self._stems[language].get(head, ())) for head in found for language in LANGUAGES)
        return list(dict.fromkeys(word for words in spelled for word in words))

    def stems(self, language: Language) -> Mapping[str, frozenset[str]]:
        """The stems of the services' names, with the words that they stand for."""
        return self._stems[language]

    def corrected(self, written: Iterable[str]) -> list[str]:
        """The words with a slip mended, where a known word is near enough."""
        return [self._one(word) for word in written]

    def says_nothing(self, word: str) -> bool:
        """Is this a word around the matter, not the matter itself?"""
        bare = _ENCLITIC.sub("", word)
        known = word in self.plain or bare in self.plain
        return known or word[0].isdigit() or word.startswith(self._roots) or _chatter(word) or _chatter(bare)

    def unheard(self, word: str) -> bool:
        """Is it in none of the clinic's words nor ours: a name, most likely?"""
        known = word in self._all.known or word in self._services.known or word in _IDIOMS
        return not known and not concepts.concepts(word)

    def _one(self, word: str) -> str:
        if word in self._all.known or word.startswith(self._shown):
            return word
        found = self._all(word)
        return found if found != word else self._services(word)


_lexicons: WeakKeyDictionary[Clinic, tuple[Knowledge, Lexicon]] = WeakKeyDictionary()


def prepare(clinic: Clinic, knowledge: Knowledge) -> None:
    """Compile a clinic's words now (about 60 ms), rather than with the first question after a reload."""
    lexicon(clinic, knowledge)


def lexicon(clinic: Clinic, knowledge: Knowledge) -> Lexicon:
    kept = _lexicons.get(clinic)
    if kept is None or kept[0] is not knowledge:
        kept = _lexicons[clinic] = (knowledge, Lexicon(clinic, knowledge))
    return kept[1]


def insurances(line: str, known: Mapping[str, Insurance]) -> list[Insurance]:
    """The plans that a line of folded words names."""
    found = [insurance for name, insurance in known.items() if f" {name} " in f" {line} "]
    return list({one.id: one for one in found}.values())


def _urgent(clinic: Clinic) -> Iterator[frozenset[str]]:
    for language in LANGUAGES:
        for said in getattr(clinic.policies.emergency_words, language):
            yield frozenset(word for word in words(said) if word not in STOP[language]) or frozenset(words(said))


def _chatter(word: str) -> bool:
    return word in CHATTER and not concepts.concepts(word)


def _own(clinic: Clinic, knowledge: Knowledge) -> dict[str, Language]:
    """The words that only one language of the clinic's texts has: they tell which one a patient writes."""
    spoken: dict[Language, set[str]] = {language: set(knowledge.words(language)) for language in LANGUAGES}
    for service in clinic.services:
        for language in LANGUAGES:
            called = (service.name.say(language), *getattr(service.synonyms, language))
            spoken[language].update(word for name in called for word in words(name))
    counted = Counter(word for listed in spoken.values() for word in listed)
    return {word: language for language, listed in spoken.items() for word in listed if counted[word] == 1}

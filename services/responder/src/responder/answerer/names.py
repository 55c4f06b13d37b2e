"""By which names do a clinic's services and holidays go, in full, in part and by what they mean?"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from clinic.knowledge import concepts
from clinic.knowledge.stems import stem
from clinic.language import STOP, words
from clinic.model import Clinic, Holiday, Service
from clinic.text import Language

MIN_HEAD = 6  # letters: `tirar sangue` must not make every `tirar` a blood test
SMALL = frozenset().union(*STOP.values())
_OURSELVES = frozenset({"clinica", "clinico", "clinic", "doctor", "doctors"})  # never a whole name


class Form(Struct, frozen=True):
    """One way to name a service: all of `stems` must be in the question."""

    service: Service
    stems: frozenset[str]
    head: str
    own: bool = True  # its name; no synonym


class Meaning(Struct, frozen=True):
    """One way to name a service by what its words mean: each of `concepts` must be spoken of by a word of its own."""

    service: Service
    concepts: tuple[frozenset[str], ...]


def meanings(clinic: Clinic) -> Iterator[Meaning]:
    """Names of two words or more that all have relatives: `first appointment` is also `primera visita`."""
    for service in clinic.services:
        for name in service.called:
            meant = tuple(concepts.concepts(word) for word in words(name) if word not in SMALL)
            if len(meant) > 1 and all(meant):
                yield Meaning(service, meant)


def kin(clinic: Clinic) -> dict[str, tuple[Service, ...]]:
    """The services in whose names something of each meaning is named: of `ortodoncia` there are several."""
    found: dict[str, dict[str, Service]] = {}
    for service in clinic.services:
        for meant in (meant for name in service.called for word in words(name) for meant in concepts.concepts(word)):
            found.setdefault(meant, {})[service.id] = service
    return {meant: tuple(services.values()) for meant, services in found.items()}


def categories(clinic: Clinic, language: Language) -> dict[frozenset[str], tuple[Service, ...]]:
    """The services that a word, or a few, name together: `exames`."""
    by_id = {one.id: one for one in clinic.services}
    return {
        frozenset(stem(word, language) for word in words(name) if word not in SMALL): tuple(
            by_id[one] for one in category.services
        )
        for category in clinic.categories
        for name in category.called
    }


def spelled(clinic: Clinic, language: Language) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name in (name for service in clinic.services for name in service.called):
        for word in words(name):
            found.setdefault(stem(word, language), set()).add(word)
    return {one: frozenset(spelled) for one, spelled in found.items()}


def by_stem(forms: Iterable[Form]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, form in enumerate(forms):
        for one in form.stems:
            found.setdefault(one, []).append(at)
    return found


def service_forms(clinic: Clinic, language: Language) -> Iterator[Form]:
    for service in clinic.services:
        name = service.name.say(language)
        yield from _form(service, name, language, heads=True)
        for synonym in getattr(service.synonyms, language):
            yield from _form(service, synonym, language, heads=False)


def _form(service: Service, name: str, language: Language, *, heads: bool) -> Iterator[Form]:
    plain = [word for word in words(name) if word not in STOP[language] or word in _OURSELVES]
    found = [stem(word, language) for word in plain]
    if not found or _OURSELVES.issuperset(plain):
        return
    at = -1 if language == "en" and "of" not in words(name) else 0
    told = plain[at] not in _OURSELVES and (heads or len(plain[at]) >= MIN_HEAD)
    head = found[at] if len(found) > 1 and told else ""
    yield Form(service, frozenset(found), head, heads)


def holiday_names(holiday: Holiday) -> set[str]:
    name = holiday.name
    return {name.pt, name.es, name.en, *holiday.synonyms.all}


def as_said(name: str) -> set[str]:
    """A holiday's name, also as people say it: `quarta de cinzas` is `Quarta-feira de Cinzas`."""
    said = words(name)
    return {" ".join(said), " ".join(word for word in said if word != "feira")}


def all_names(clinic: Clinic) -> Iterator[str]:
    for service in clinic.services:
        yield from service.called
    for insurance in clinic.insurances:
        yield from (insurance.name, *insurance.synonyms)
    for category in clinic.categories:
        yield from category.called
    for holiday in clinic.holidays:
        yield from holiday_names(holiday)
